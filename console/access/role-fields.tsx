import { Fieldset, NativeSelect, SimpleGrid, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { type Role, roles as roleIds } from '../../src/access/permissions.ts';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { texts } from '../texts/texts.ts';
import classes from './role-fields.module.css';

export type RolesByDataset = Readonly<Record<string, Role>>;

const words = texts.access;
const choices = [
  { value: '', label: words.noRole },
  ...roleIds.map((role) => ({ value: role, label: words.roleNames[role] })),
];

export interface RoleFieldsProps {
  roles: RolesByDataset;
  /** Said under the title, quietly. */
  text?: string;
  onChange(roles: RolesByDataset): void;
}

/** A role, or none, in each dataset. */
export function RoleFields({ roles, text, onChange }: RoleFieldsProps) {
  const { data: datasets } = useSuspenseQuery(datasetsQuery);
  const set = (dataset: string, role: string) => {
    const { [dataset]: _before, ...others } = roles;
    onChange(role === '' ? others : { ...others, [dataset]: role as Role });
  };
  return (
    <Fieldset
      legend={words.roles.title}
      variant="unstyled"
      classNames={{ root: classes.group, legend: classes.legend }}
    >
      {text && (
        <Text size="xs" c="dimmed" mb="xs">
          {text}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="xs">
        {datasets.map(({ id, name }) => (
          <NativeSelect
            key={id}
            label={name}
            data={choices}
            value={roles[id] ?? ''}
            onChange={(event) => set(id, event.currentTarget.value)}
          />
        ))}
      </SimpleGrid>
    </Fieldset>
  );
}
