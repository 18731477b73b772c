import { Anchor, Button, List, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Preview } from '../../src/deletions/preview.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { inDataset } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import classes from './deletion.module.css';

const shownAtFirst = 4;
const { dialog } = texts.deletions;

/** What uses the segment and what shrinks with it, and the way to keep a copy. */
export function WhatElse({ dataset, segment, preview }: { dataset: string; segment: SegmentItem; preview: Preview }) {
  const [all, setAll] = useState(false);
  const mayExport = useMay('exportUsers', dataset);
  const touched = linesOf(preview);
  const shown = all ? touched : touched.slice(0, shownAtFirst);
  return (
    <Stack gap={6} className={classes.part} align="flex-start">
      <Title order={3}>{dialog.alsoTouched}</Title>
      {touched.length === 0 ? (
        <Text size="sm">{dialog.nothingElse}</Text>
      ) : (
        <List size="sm">
          {shown.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      )}
      {shown.length < touched.length && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          {dialog.more(touched.length - shown.length)}
        </Button>
      )}
      {mayExport && (
        <Anchor
          size="sm"
          href={inDataset(dataset, 'segments', segment.id, 'export')}
          download={`segment-${segment.id}.csv`}
        >
          {dialog.exportFirst}
        </Anchor>
      )}
    </Stack>
  );
}

/** What uses it comes first, with what it loses; then those that only overlap. */
function linesOf({ usedBy, overlaps }: Preview): string[] {
  const losses = new Map(overlaps.map(({ segment, users }) => [segment, users]));
  const using = usedBy.map(({ id, name }) => {
    const loss = losses.get(id);
    return loss === undefined ? `${dialog.uses(name)}.` : `${dialog.uses(name)}, ${dialog.usesFew(loss)}.`;
  });
  const others = overlaps.filter(({ segment }) => !usedBy.some(({ id }) => id === segment));
  return [...using, ...others.map(({ name, users }) => `${dialog.overlaps(name)} ${dialog.loses(users)}.`)];
}
