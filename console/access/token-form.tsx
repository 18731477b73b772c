import { Button, Checkbox, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { detailOf } from '../api/problem.ts';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { RoleFields, type RolesByDataset } from './role-fields.tsx';

const words = texts.access.tokens;

/** As the API takes it. */
export interface NewToken {
  name: string;
  administrator: boolean;
  roles?: RolesByDataset;
  datasets?: string[];
}

interface Fields {
  name: string;
  kind: 'byRole' | 'administrator';
  roles: RolesByDataset;
  isLimited: boolean;
  datasets: string[];
}

export interface TokenFormProps {
  busy: boolean;
  error: unknown;
  onSubmit(token: NewToken): void;
  onCancel(): void;
}

export function TokenForm({ busy, error, onSubmit, onCancel }: TokenFormProps) {
  const [fields, setFields] = useState<Fields>({ name: '', kind: 'byRole', roles: {}, isLimited: false, datasets: [] });
  const [isChecked, setIsChecked] = useState(false);
  const change = (changed: Partial<Fields>) => setFields({ ...fields, ...changed });
  const missing = whatIsMissing(fields);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (missing === undefined) onSubmit(newTokenOf(fields));
  };
  const wrongName = detailOf(error, 'name');
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="sm">
        {error !== null && wrongName === undefined && <ProblemNotice error={error} title={words.makeFailed} />}
        <TextInput
          label={words.name}
          description={words.nameHint}
          required
          withAsterisk={false}
          maxLength={200}
          data-autofocus
          value={fields.name}
          error={wrongName}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Radio.Group
          label={words.kind}
          value={fields.kind}
          onChange={(kind) => change({ kind: kind as Fields['kind'] })}
        >
          <Stack gap={6} mt={6}>
            <Radio value="byRole" label={words.byRole} />
            <Radio value="administrator" label={words.asAdministrator} />
          </Stack>
        </Radio.Group>
        {fields.kind === 'byRole' ? (
          <RoleFields roles={fields.roles} onChange={(roles) => change({ roles })} />
        ) : (
          <Limit fields={fields} change={change} />
        )}
        {isChecked && missing !== undefined && (
          <Text size="sm" c="var(--lethe-danger)" role="alert">
            {missing}
          </Text>
        )}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onCancel}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {words.makeAction}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Limit({ fields, change }: { fields: Fields; change(changed: Partial<Fields>): void }) {
  const { data: datasets } = useSuspenseQuery(datasetsQuery);
  return (
    <Stack gap="xs">
      <Checkbox
        label={words.limit}
        description={words.limitText}
        checked={fields.isLimited}
        onChange={(event) => change({ isLimited: event.currentTarget.checked })}
      />
      {fields.isLimited && (
        <Checkbox.Group
          aria-label={words.limit}
          value={fields.datasets}
          onChange={(chosen) => change({ datasets: chosen })}
        >
          <Stack gap={6} pl="lg">
            {datasets.map(({ id, name }) => (
              <Checkbox key={id} value={id} label={name} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </Stack>
  );
}

function whatIsMissing({ kind, roles, isLimited, datasets }: Fields): string | undefined {
  if (kind === 'byRole') return Object.keys(roles).length === 0 ? words.rolesEmpty : undefined;
  return isLimited && datasets.length === 0 ? words.limitEmpty : undefined;
}

function newTokenOf({ name, kind, roles, isLimited, datasets }: Fields): NewToken {
  if (kind === 'byRole') return { name: name.trim(), administrator: false, roles };
  return { name: name.trim(), administrator: true, ...(isLimited ? { datasets } : {}) };
}
