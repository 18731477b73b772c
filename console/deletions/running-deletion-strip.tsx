import { Anchor, Group, Text } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { count, share } from '../ui/numbers.ts';
import classes from './deletion.module.css';
import { DeletionBar } from './deletion-bar.tsx';
import { useRunningDeletion } from './followed-deletion.tsx';
import { difficultyInWords, paceInWords, stateInWords } from './job-words.ts';

/** In the frame of a dataset while a bulk deletion runs in it, wherever one is; the segment's own screen says more in its place. */
export function RunningDeletionStrip({ dataset }: { dataset: string }) {
  const { job, isConnected } = useRunningDeletion();
  const { pathname } = useLocation();
  if (!job || pathname.startsWith(`/datasets/${dataset}/segments/${job.segment.id}`)) return null;
  const aside = isConnected ? (difficultyInWords(job) ?? paceInWords(job)) : texts.deletions.notConnected;
  return (
    <section className={classes.strip} aria-label={texts.deletions.running}>
      <Group gap="sm" justify="space-between">
        <Text size="sm">
          {texts.deletions.deletingUsersIn}{' '}
          <Anchor
            fw={600}
            renderRoot={(props) => (
              <Link {...props} to="/datasets/$ds/segments/$id" params={{ ds: dataset, id: job.segment.id }} />
            )}
          >
            {job.segment.name}
          </Anchor>
        </Text>
        <Text size="sm" className={classes.figures}>
          {share(job.percent / 100)} · {texts.deletions.deletedOf(count(job.deleted), count(job.users))}
        </Text>
      </Group>
      <DeletionBar job={job} />
      <Group gap="sm" justify="space-between">
        <Text size="xs" c="dimmed">
          {stateInWords(job)} · {texts.deletions.startedBy(job.requestedBy.name)} <Moment at={job.startedAt} />
        </Text>
        <Text size="xs" c="dimmed" className={classes.figures}>
          {aside}
        </Text>
      </Group>
    </section>
  );
}
