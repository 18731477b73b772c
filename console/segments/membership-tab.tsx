import { Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { SegmentDay } from '../../src/segments/history.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { texts } from '../texts/texts.ts';
import { Following } from '../ui/following.tsx';
import { Loading } from '../ui/loading.tsx';
import { duration } from '../ui/moments.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Comparison } from './comparison.tsx';
import { sum } from './listed-segments.ts';
import { MembershipDays } from './membership-days.tsx';
import classes from './segment.module.css';
import { clockQuery, segmentHistoryQuery, segmentQuery } from './segment-queries.ts';

/** The drawing weighs more than the rest of the console together; it comes when it is looked at. */
const MembershipChart = lazy(async () => ({ default: (await import('./membership-chart.tsx')).MembershipChart }));

const ranges = [30, 90, 365] as const;
type Range = (typeof ranges)[number];

/** How the users of a segment came and went, and how many it has in common with another. */
export function MembershipTab() {
  const { ds: dataset, id } = useParams({ from: '/signed-in/datasets/$ds/segments/$id' });
  const { data: segment } = useSuspenseQuery(segmentQuery(dataset, id));
  return (
    <Stack gap="xl">
      <History dataset={dataset} segment={segment} />
      <Comparison dataset={dataset} segment={segment} />
    </Stack>
  );
}

function History({ dataset, segment }: { dataset: string; segment: SegmentItem }) {
  const { membership } = texts.segments;
  const { id } = segment;
  const { days = 90 } = useSearch({ from: '/signed-in/datasets/$ds/segments/$id/membership' });
  const [isFollowing, setIsFollowing] = useState(true);
  const { data, error, refetch } = useQuery(segmentHistoryQuery(dataset, id, days, isFollowing));
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Title order={2}>{membership.title}</Title>
        <Group gap="sm">
          <Following isFollowing={isFollowing} onChange={setIsFollowing} />
          <RangeChoice dataset={dataset} id={id} days={days} />
        </Group>
      </Group>
      {segment.looksAtClock && segment.enabled && <ClockDelay dataset={dataset} />}
      {error && <ProblemNotice error={error} retry={refetch} />}
      {!data && !error && <Loading what={membership.loading} lines={8} />}
      {data && <Days days={data} />}
    </Stack>
  );
}

/** How late time lets people in and out of a segment whose rule looks at it. */
function ClockDelay({ dataset }: { dataset: string }) {
  const { data: clock } = useQuery(clockQuery(dataset));
  return (
    <Text size="sm" c="dimmed" mih={20}>
      {clock && texts.segments.membership.clock(duration(clock.everySeconds))}
    </Text>
  );
}

function RangeChoice({ dataset, id, days }: { dataset: string; id: string; days: Range }) {
  const { membership } = texts.segments;
  const navigate = useNavigate();
  return (
    <SegmentedControl
      aria-label={membership.range}
      value={String(days)}
      data={ranges.map((range) => ({ value: String(range), label: membership.days(range) }))}
      onChange={(value) => {
        const chosen = ranges.find((range) => String(range) === value);
        void navigate({
          to: '/datasets/$ds/segments/$id/membership',
          params: { ds: dataset, id },
          search: ({ days: _, ...rest }) => (chosen === 30 || chosen === 365 ? { ...rest, days: chosen } : rest),
          replace: true,
        });
      }}
    />
  );
}

function Days({ days }: { days: SegmentDay[] }) {
  const { membership } = texts.segments;
  const joined = sum(days.map((day) => day.joined));
  const left = sum(days.map((day) => day.left));
  const deleted = sum(days.map((day) => day.deleted));
  if (joined + left + deleted === 0) return <div className={classes.hint}>{membership.nothing(days.length)}</div>;
  const totals = membership.totals(days.length, joined, left, deleted);
  return (
    <>
      <Text size="sm">
        {totals}{' '}
        <Text span c="dimmed">
          {membership.utc}
        </Text>
      </Text>
      <Suspense fallback={<div className={classes.chart} />}>
        <MembershipChart days={days} label={totals} />
      </Suspense>
      <MembershipDays days={days} />
    </>
  );
}
