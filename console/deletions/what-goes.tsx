import { Stack, Text } from '@mantine/core';
import type { Preview } from '../../src/deletions/preview.ts';
import { recognizable } from '../profiles/user-name.ts';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { share } from '../ui/numbers.ts';
import classes from './deletion.module.css';
import { RowsDeleted } from './rows-deleted.tsx';

const { dialog } = texts.deletions;

/** What a bulk deletion would delete: the exact numbers, and some of the users, the cheapest guard against the wrong segment. */
export function WhatGoes({ preview }: { preview: Preview }) {
  return (
    <Stack gap="xs">
      <div>
        <Text className={classes.number}>{texts.users(preview.users)}</Text>
        <Text size="sm" c="dimmed">
          {dialog.shareOfDataset(share(preview.shareOfDataset))}
        </Text>
      </div>
      <RowsDeleted rows={preview.rows} />
      <Text size="sm" fw={600} id="sample">
        {dialog.sampleTitle(preview.sample.length, preview.users)}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reachable by keyboard. */}
      <ul className={classes.sample} aria-labelledby="sample" tabIndex={0}>
        {preview.sample.map(({ id, displayName, userId, identities, lastActivity }) => (
          <li key={id}>
            <span>
              {[...new Set([displayName ?? userId ?? id, recognizable(identities)[0]?.value ?? id])].join(' · ')}
            </span>
            <Text span size="sm" c="dimmed">
              {lastActivity ? <Moment at={lastActivity} as="date" /> : dialog.neverActive}
            </Text>
          </li>
        ))}
      </ul>
    </Stack>
  );
}
