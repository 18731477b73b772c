import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty.module.css';

/** A place that is empty teaches the one next step. */
export function Empty({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <Stack className={classes.empty} gap="xs" align="flex-start">
      <Title order={2}>{title}</Title>
      {children && (
        <Text component="div" size="sm" c="dimmed" maw={620}>
          {children}
        </Text>
      )}
      {actions && <Group mt="xs">{actions}</Group>}
    </Stack>
  );
}
