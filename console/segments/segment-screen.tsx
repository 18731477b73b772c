import { Stack } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useNavigate, useParams } from '@tanstack/react-router';
import type { SegmentItem } from '../../src/segments/show.ts';
import { isProblem } from '../api/problem.ts';
import { DeleteAllUsers } from '../deletions/delete-all-users.tsx';
import { SegmentDeletion } from '../deletions/segment-deletion.tsx';
import { NotFoundScreen } from '../frame/not-found-screen.tsx';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { Moment } from '../ui/moment.tsx';
import { Screen } from '../ui/screen.tsx';
import { EnableSegment } from './enable-segment.tsx';
import { lastCompletion } from './listed-segments.ts';
import classes from './segment.module.css';
import { SegmentMenu } from './segment-actions.tsx';
import { SegmentBadge } from './segment-badge.tsx';
import { deletionsQuery, segmentQuery } from './segment-queries.ts';
import { SegmentTabs } from './segment-tabs.tsx';

/** One segment: what it is, the deletion of its users if there is one, and its parts below. */
export function SegmentScreen() {
  const { ds: dataset, id } = useParams({ from: '/signed-in/datasets/$ds/segments/$id' });
  const { data: segment, error } = useSuspenseQuery(segmentQuery(dataset, id));
  const { data: deletions } = useQuery(deletionsQuery(dataset, id));
  const navigate = useNavigate();
  // Deleted by somebody while it was open.
  if (isProblem(error, 'segment.unknown')) return <NotFoundScreen />;
  const list = { to: '/datasets/$ds/segments', params: { ds: dataset } } as const;
  return (
    <Screen
      key={id}
      title={segment.name}
      crumbs={[{ label: texts.segments.title, link: list }]}
      beside={
        <>
          <SegmentBadge segment={segment} deletionCompletedAt={lastCompletion(deletions ?? [], id)} />
          <EnableSegment dataset={dataset} segment={segment} />
        </>
      }
      actions={
        <>
          <DeleteAllUsers dataset={dataset} segment={segment} />
          <SegmentMenu dataset={dataset} segment={segment} onDeleted={() => void navigate(list)} />
        </>
      }
      description={<Facts segment={segment} />}
    >
      <SegmentDeletion dataset={dataset} segment={segment} />
      <Stack gap="md">
        <SegmentTabs dataset={dataset} segment={segment} deletions={deletions?.length} />
        <Outlet />
      </Stack>
    </Screen>
  );
}

function Facts({ segment }: { segment: SegmentItem }) {
  const { header, kinds, computing } = texts.segments;
  return (
    <div className={classes.factsLine}>
      <strong>{segment.users === null ? computing : texts.users(segment.users)}</strong>
      <span>{kinds[segment.kind]}</span>
      <Copyable value={segment.id} label={header.id} />
      <span>
        {header.created} <Moment at={segment.createdAt} as="date" />{' '}
        {segment.createdBy && header.by(segment.createdBy.name)}
      </span>
    </div>
  );
}
