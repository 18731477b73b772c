import { Group, Stack, Text, Title } from '@mantine/core';
import type { Job } from '../../src/deletions/job.ts';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { count, share } from '../ui/numbers.ts';
import classes from './deletion.module.css';
import { DeletionBar } from './deletion-bar.tsx';
import { difficultyInWords, paceInWords, stateInWords } from './job-words.ts';

/** A running bulk deletion: phase, bar, figures, what holds it back, who and since when. */
export function RunningDeletion({ job, isConnected }: { job: Job; isConnected: boolean }) {
  const difficulty = difficultyInWords(job);
  return (
    <section className={classes.running} aria-label={texts.deletions.running}>
      <Stack gap={4}>
        <Group justify="space-between">
          <Title order={2}>{stateInWords(job)}</Title>
          <Text className={classes.figures}>
            {texts.deletions.deletedOf(count(job.deleted), count(job.users))} · {share(job.percent / 100)}
          </Text>
        </Group>
        <DeletionBar job={job} />
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {texts.deletions.startedBy(job.requestedBy.name)} <Moment at={job.startedAt} as="exact" /> ·{' '}
            {texts.deletions.erasures[job.erasure]}
          </Text>
          <Text size="sm" c="dimmed" className={classes.figures}>
            {paceInWords(job)}
          </Text>
        </Group>
        {difficulty && (
          <Text size="sm" className={classes.held}>
            {difficulty}
          </Text>
        )}
        {!isConnected && (
          <Text size="sm" className={classes.held} role="status">
            {texts.deletions.notConnected}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {texts.deletions.goesOn}
        </Text>
      </Stack>
    </section>
  );
}
