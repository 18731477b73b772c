import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { segmentsQuery } from '../segments/segment-queries.ts';
import { texts } from '../texts/texts.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { useShownUser } from './shown-user.ts';

interface Membership {
  id: string;
  name: string;
  enabled: boolean;
  joined: string;
}

const column = columnsOf<Membership>();

/** The segments that the user is in, and since when. */
export function SegmentsTab() {
  const { dataset, user } = useShownUser();
  const { data: segments, error, refetch } = useQuery(segmentsQuery(dataset, true));
  const columns = useMemo(() => segmentColumns(dataset), [dataset]);
  const rows = useMemo(() => {
    const byId = new Map(segments?.map((segment) => [segment.id, segment]));
    return user.segmentMembership.map(({ id, joined }) => {
      const segment = byId.get(id);
      return { id, joined, name: segment?.name ?? id, enabled: segment?.enabled ?? true };
    });
  }, [segments, user.segmentMembership]);
  const { segments: words } = texts.profiles;
  if (rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {words.none}
      </Text>
    );
  if (!segments) return error ? <ProblemNotice error={error} retry={refetch} /> : <Loading what={words.label} />;
  return (
    <DataTable
      label={words.label}
      columns={columns}
      rows={rows}
      idOf={({ id }) => id}
      isQuiet={({ enabled }) => !enabled}
    />
  );
}

function segmentColumns(ds: string) {
  const { segments: words } = texts.profiles;
  return column.columns([
    column.accessor('name', {
      header: words.column.name,
      cell: ({ row: { original } }) => (
        <Anchor
          inherit
          renderRoot={(props) => <Link {...props} to="/datasets/$ds/segments/$id" params={{ ds, id: original.id }} />}
        >
          {original.name}
        </Anchor>
      ),
    }),
    column.accessor(({ enabled }) => (enabled ? words.enabled : words.disabled), {
      id: 'state',
      header: words.column.state,
    }),
    column.accessor('joined', {
      header: words.column.joined,
      cell: ({ row: { original } }) => <Moment at={original.joined} />,
    }),
  ]);
}
