import { Text } from '@mantine/core';
import type { Job } from '../../src/deletions/job.ts';
import { texts } from '../texts/texts.ts';
import { count } from '../ui/numbers.ts';

const { rewritten, scrubbed } = texts.deletions;

/** What a scrub has come to: how far it is, and at its end what it did; nothing of a deletion without one. */
export function ScrubResult({ job: { scrub, state } }: { job: Job }) {
  if (!scrub) return null;
  const { tables, of } = scrub;
  return <Text size="sm">{state === 'completed' ? scrubbed(tables) : rewritten(count(tables), count(of))}</Text>;
}
