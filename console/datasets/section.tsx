import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './datasets.module.css';

export interface SectionProps {
  title: string;
  hint?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of the settings under its heading. */
export function Section({ title, hint, actions, children }: SectionProps) {
  const heading = useId();
  return (
    <Stack component="section" gap="xs" aria-labelledby={heading} className={classes.section}>
      <Group justify="space-between" align="flex-end" gap="sm">
        <div>
          <Title order={2} id={heading}>
            {title}
          </Title>
          {hint && (
            <Text size="sm" c="dimmed" maw={760}>
              {hint}
            </Text>
          )}
        </div>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}
