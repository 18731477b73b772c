import { Anchor, Code, Group, Stack, Text, Title } from '@mantine/core';
import type { Job } from '../../src/deletions/job.ts';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { duration } from '../ui/moments.ts';
import { count } from '../ui/numbers.ts';
import classes from './deletion.module.css';
import { receiptUrl } from './deletion-queries.ts';
import { secondsTaken, stateInWords } from './job-words.ts';
import { RowsDeleted } from './rows-deleted.tsx';
import { ScrubResult } from './scrub-result.tsx';

const { history } = texts.deletions;

/** One bulk deletion as it is kept: when, by whom, how many, what of each kind, the rule as it was, proof and receipt. */
export function DeletionOfHistory({ dataset, job }: { dataset: string; job: Job }) {
  const seconds = secondsTaken(job);
  const facts = [
    history.by(job.requestedBy.name),
    ...(seconds === undefined ? [stateInWords(job)] : [history.took(duration(seconds))]),
    texts.deletions.erasures[job.erasure],
    ...(job.usersPerSecond === null ? [] : [history.rate(count(job.usersPerSecond))]),
  ];
  return (
    <article className={classes.deletion}>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2}>{history.heading(job.deleted)}</Title>
            <Text size="sm" c="dimmed">
              <Moment at={job.startedAt} as="exact" /> · {facts.join(' · ')} · <Code>{job.id}</Code>
            </Text>
          </div>
          {job.state === 'completed' && (
            <Anchor href={receiptUrl(dataset, job.id)} download={`${job.id}.receipt.jws`}>
              {texts.deletions.receipt}
            </Anchor>
          )}
        </Group>
        <RowsDeleted rows={job.rowsDeleted} />
        {job.verified && <Text size="sm">{history.proof}</Text>}
        <ScrubResult job={job} />
        <details>
          <Text component="summary" size="sm">
            {history.rule}
          </Text>
          {job.rule === null ? (
            <Text size="sm">{history.noRule}</Text>
          ) : (
            <Code block>{JSON.stringify(job.rule, null, 2)}</Code>
          )}
        </details>
      </Stack>
    </article>
  );
}
