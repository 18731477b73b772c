import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job } from '../../src/deletions/job.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { inDataset, request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { useRunningDeletion } from './followed-deletion.tsx';
import { RunningDeletion } from './running-deletion.tsx';

export interface AlreadyRunningProps {
  dataset: string;
  segment: SegmentItem;
  /** Id of the bulk deletion in the way. */
  job: string;
  onClose(): void;
  /** It has ended: what is in the way now has to be looked up. */
  onEnd(): void;
}

/** In place of the form, for whoever comes too late: the bulk deletion that runs in this dataset. */
export function AlreadyRunning({ dataset, segment, job: id, onClose, onEnd }: AlreadyRunningProps) {
  const followed = useRunningDeletion();
  const { dialog } = texts.deletions;
  const { data } = useQuery({
    queryKey: ['deletions', dataset, 'one', id],
    queryFn: ({ signal }) => request<Job>('GET', inDataset(dataset, 'deletions', id), { signal }),
    refetchInterval: 1_000,
  });
  const job = followed.job?.id === id ? followed.job : data;
  if (!job) return <Loading what={texts.deletions.running} lines={3} />;
  if (job.state === 'completed') {
    return (
      <Stack align="flex-start">
        <Text role="status">{dialog.gone}</Text>
        <Button variant="default" onClick={onEnd}>
          {dialog.look}
        </Button>
      </Stack>
    );
  }
  const isThis = job.segment.id === segment.id;
  return (
    <Stack>
      <Text role="status">
        {isThis ? dialog.startedBy(job.requestedBy.name) : dialog.startedOther(job.requestedBy.name)}{' '}
        {!isThis && (
          <Anchor
            renderRoot={(props) => (
              <Link {...props} to="/datasets/$ds/segments/$id" params={{ ds: dataset, id: job.segment.id }} />
            )}
          >
            {job.segment.name}
          </Anchor>
        )}{' '}
        <Moment at={job.startedAt} as="ago" />.
      </Text>
      <RunningDeletion job={job} isConnected={followed.isConnected} />
      <Text size="sm" c="dimmed">
        {dialog.oneAtATime}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {texts.actions.close}
        </Button>
      </Group>
    </Stack>
  );
}
