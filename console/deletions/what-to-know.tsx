import { Anchor, Group, List, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Preview } from '../../src/deletions/preview.ts';
import { texts } from '../texts/texts.ts';
import { duration } from '../ui/moments.ts';
import classes from './deletion.module.css';
import { HelpLink } from './help-link.tsx';

const { dialog } = texts.deletions;

/** What it cannot do and what follows, how long it takes, and where to read more. */
export function WhatToKnow({ dataset, preview }: { dataset: string; preview: Preview }) {
  const time = duration(Math.max(1, Math.round(preview.estimatedSeconds)));
  return (
    <Stack gap={6} className={classes.part}>
      <Title order={3}>{dialog.knowTitle}</Title>
      <List size="sm">
        {dialog.know.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
        <List.Item>
          {dialog.notForRequests}{' '}
          <Anchor
            inherit
            underline="always"
            renderRoot={(props) => <Link {...props} to="/datasets/$ds/privacy" params={{ ds: dataset }} />}
          >
            {dialog.requests}
          </Anchor>
          .
        </List.Item>
      </List>
      <Text size="sm">
        {dialog.duration(time)} {preview.estimateBasis === 'default' && dialog.durationDefault}
      </Text>
      <Group gap="md">
        <HelpLink page="before-you-delete" label={dialog.considerations} />
        <HelpLink page="delete-all-users-in-a-segment" label={dialog.howTo} />
      </Group>
    </Stack>
  );
}
