import { Group, Menu, Text, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown, IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMayInAccount } from '../access/me.ts';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { texts } from '../texts/texts.ts';
import classes from './frame.module.css';

/** The dataset that one is in, and the way to the others. */
export function DatasetSelector({ current }: { current: string | undefined }) {
  const { data: datasets } = useSuspenseQuery(datasetsQuery);
  const mayCreate = useMayInAccount('createDatasets');
  const shown = datasets.find(({ id }) => id === current);
  if (datasets.length === 0) return null;
  const label = shown ? `${shown.name} · ${texts.frame.types[shown.type]}` : texts.frame.dataset;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton className={classes.selector} aria-label={`${texts.frame.dataset}: ${label}`}>
          <Group gap={6} wrap="nowrap">
            <Text size="sm" className={classes.datasetName}>
              {label}
            </Text>
            <IconChevronDown size={14} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {datasets.map(({ id, name, type }) => (
          <Menu.Item
            key={id}
            leftSection={id === current ? <IconCheck size={14} aria-hidden /> : <span style={{ width: 14 }} />}
            renderRoot={(props) => <Link {...props} to="/datasets/$ds/segments" params={{ ds: id }} />}
          >
            {name}{' '}
            <Text span c="dimmed" size="sm">
              {texts.frame.types[type]}
            </Text>
          </Menu.Item>
        ))}
        {mayCreate && (
          <>
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconPlus size={14} aria-hidden />}
              renderRoot={(props) => <Link {...props} to="/new-dataset" />}
            >
              {texts.frame.newDataset}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
