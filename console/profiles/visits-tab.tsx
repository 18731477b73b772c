import { Stack, Text } from '@mantine/core';
import type { UserDetails } from '../../src/profiles/show-user.ts';
import { texts } from '../texts/texts.ts';
import { EndlessTable } from '../ui/endless-table.tsx';
import { Moment } from '../ui/moment.tsx';
import { duration } from '../ui/moments.ts';
import { count } from '../ui/numbers.ts';
import { columnsOf } from '../ui/table-features.ts';
import { useShownUser } from './shown-user.ts';

type Visit = UserDetails['visitHistory'][number];

const column = columnsOf<Visit>();
const { visits: words } = texts.profiles;

const columns = column.columns([
  column.accessor('index', {
    header: words.column.index,
    meta: { width: 80 },
    cell: ({ row: { original } }) => count(original.index),
  }),
  column.accessor('start', {
    header: words.column.start,
    cell: ({ row: { original } }) => <Moment at={original.start} as="exact" />,
  }),
  column.accessor('lastEvent', {
    header: words.column.lastEvent,
    cell: ({ row: { original } }) => <Moment at={original.lastEvent} as="exact" />,
  }),
  column.accessor((visit) => secondsOf(visit), {
    id: 'duration',
    header: words.column.duration,
    meta: { numeric: true, width: 120 },
    cell: ({ row: { original } }) => duration(secondsOf(original)),
  }),
]);

export function VisitsTab() {
  const { user } = useShownUser();
  const { visitHistory: shown, figures } = user;
  if (shown.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {words.none}
      </Text>
    );
  return (
    <Stack gap="xs">
      <EndlessTable
        label={words.label}
        columns={columns}
        rows={shown}
        total={shown.length}
        idOf={({ start }) => start}
        hasMore={false}
        isLoadingMore={false}
        loadMore={() => {}}
      />
      <Text size="sm" c="dimmed">
        {shown.length < figures.visits && words.last(shown.length, figures.visits)} {words.note}
      </Text>
    </Stack>
  );
}

function secondsOf({ start, lastEvent }: Visit): number {
  return (new Date(lastEvent).getTime() - new Date(start).getTime()) / 1_000;
}
