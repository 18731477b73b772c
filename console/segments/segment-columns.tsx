import { Anchor, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { SegmentItem } from '../../src/segments/show.ts';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { count } from '../ui/numbers.ts';
import { columnsOf } from '../ui/table-features.ts';
import { type ListedSegment, sum } from './listed-segments.ts';
import { RecentLine } from './recent-line.tsx';
import classes from './segment.module.css';
import { SegmentBadge } from './segment-badge.tsx';

/** Columns that the reader may hide, in order; the name always stays. */
export const optionalColumns = ['kind', 'users', 'changes', 'usedBy', 'changed', 'folder', 'id'] as const;
export type OptionalColumn = (typeof optionalColumns)[number];

const { list } = texts.segments;
const column = columnsOf<ListedSegment>();

/** The columns of the list of segments in a dataset. */
export function segmentColumns(dataset: string) {
  return [
    column.accessor('name', {
      header: list.name,
      sortFn: 'text',
      cell: ({ row }) => <SegmentName dataset={dataset} segment={row.original} />,
    }),
    column.accessor(({ kind }) => texts.segments.kinds[kind], {
      id: 'kind',
      header: list.kind,
      sortFn: 'text',
      meta: { wide: true, width: 116 },
    }),
    column.accessor(({ users }) => users ?? -1, {
      id: 'users',
      header: list.users,
      sortFn: 'basic',
      cell: ({ row }) => <SegmentUsers segment={row.original} />,
      meta: { numeric: true, width: 100 },
    }),
    column.accessor(changesOf, {
      id: 'changes',
      header: list.changes,
      sortFn: 'basic',
      cell: ({ row }) => row.original.recent && <RecentLine recent={row.original.recent} />,
      meta: { wide: true, width: 96 },
    }),
    column.accessor(({ usedBy }) => usedBy.length, {
      id: 'usedBy',
      header: list.usedBy,
      sortFn: 'basic',
      cell: ({ row: { original } }) => <Uses segment={original} />,
      meta: { wide: true, width: 100 },
    }),
    column.accessor('updatedAt', {
      id: 'changed',
      header: list.changed,
      sortFn: 'basic',
      cell: ({ row }) => <Moment at={row.original.updatedAt} as="brief" />,
      meta: { wide: true, width: 116 },
    }),
    column.accessor(({ folder }) => folder ?? '', {
      id: 'folder',
      header: list.folder,
      sortFn: 'text',
      meta: { wide: true },
    }),
    column.accessor('id', {
      header: list.id,
      sortFn: 'text',
      cell: ({ row }) => <span className={classes.id}>{row.original.id}</span>,
      meta: { wide: true, width: 76 },
    }),
  ];
}

function changesOf({ recent }: ListedSegment): number {
  return recent ? sum(recent.joined) + sum(recent.left) + sum(recent.deleted) : 0;
}

function SegmentName({ dataset, segment }: { dataset: string; segment: ListedSegment }) {
  const link = { to: '/datasets/$ds/segments/$id', params: { ds: dataset, id: segment.id } } as const;
  return (
    <Group gap="xs">
      <Anchor className={classes.name} size="sm" renderRoot={(props) => <Link {...props} {...link} />}>
        {segment.name}
      </Anchor>
      <SegmentBadge segment={segment} deletionCompletedAt={segment.deletionCompletedAt} />
    </Group>
  );
}

/** The exact number of users, or that they are being computed. */
export function SegmentUsers({ segment }: { segment: SegmentItem }) {
  return segment.users === null ? (
    <span className={classes.computing}>{texts.segments.computing}</span>
  ) : (
    count(segment.users)
  );
}

function Uses({ segment }: { segment: SegmentItem }) {
  const { usedBy } = segment;
  if (usedBy.length === 0) return list.notUsed;
  return (
    <Text span size="sm" inherit title={usedBy.map(({ name }) => name).join(', ')}>
      {list.usedBySegments(usedBy.length)}
    </Text>
  );
}
