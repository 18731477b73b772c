import { Anchor, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import type { Job } from '../../src/deletions/job.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { EnableSegment } from '../segments/enable-segment.tsx';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { duration } from '../ui/moments.ts';
import classes from './deletion.module.css';
import { receiptUrl } from './deletion-queries.ts';
import { secondsTaken } from './job-words.ts';
import { ScrubResult } from './scrub-result.tsx';

export interface ProvenDeletionProps {
  dataset: string;
  segment: SegmentItem;
  job: Job;
}

/** The end of a bulk deletion: what was deleted, the proof, the receipt, and that the segment is still disabled. */
export function ProvenDeletion({ dataset, segment, job }: ProvenDeletionProps) {
  const { deletions } = texts;
  return (
    <section className={classes.proven} aria-label={deletions.lastDeletion}>
      <Group align="flex-start" wrap="nowrap" gap="sm">
        <IconCircleCheck className={classes.provenMark} aria-hidden />
        <Stack gap={4} flex={1}>
          <Group justify="space-between" align="flex-start">
            <Text fw={600}>
              {deletions.allDeleted(texts.users(job.users), job.users)} <Moment at={job.completedAt ?? job.startedAt} />
              {deletions.inTime(duration(secondsTaken(job) ?? 0))}
            </Text>
            <Anchor href={receiptUrl(dataset, job.id)} download={`${job.id}.receipt.jws`}>
              {deletions.receipt}
            </Anchor>
          </Group>
          <Text size="sm">{deletions.proven(Object.values(deletions.kinds).map((kind) => kind.toLowerCase()))}</Text>
          <ScrubResult job={job} />
          {!segment.enabled && segment.disabledBecause === 'deletion' && (
            <Group justify="space-between">
              <Text size="sm">{deletions.stillDisabled}</Text>
              <EnableSegment dataset={dataset} segment={segment} />
            </Group>
          )}
        </Stack>
      </Group>
    </section>
  );
}
