import { Text } from '@mantine/core';
import type { UserItem } from '../../src/profiles/user-items.ts';
import { UserLink } from '../profiles/user-columns.tsx';
import { recognizable } from '../profiles/user-name.ts';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { RemoveUser } from './remove-user.tsx';

const column = columnsOf<UserItem>();

export interface SegmentUserColumns {
  dataset: string;
  segment: string;
  /** Whether users may be taken out: of a list, by an editor. */
  mayRemove: boolean;
}

/** The columns of the users of a segment. */
export function segmentUserColumns({ dataset, segment, mayRemove }: SegmentUserColumns) {
  const { users } = texts.segments;
  const columns = [
    column.display({
      id: 'name',
      header: users.name,
      cell: ({ row }) => <UserLink dataset={dataset} user={row.original} />,
    }),
    column.display({
      id: 'identities',
      header: users.identities,
      cell: ({ row }) => <Identities user={row.original} />,
      meta: { wide: true },
    }),
    column.display({
      id: 'state',
      header: users.state,
      cell: ({ row }) => (row.original.anonymous ? users.anonymous : users.named),
      meta: { width: 110, wide: true },
    }),
    column.display({
      id: 'firstActivity',
      header: users.firstActivity,
      cell: ({ row }) => <Activity at={row.original.firstActivity} />,
      meta: { width: 170, wide: true },
    }),
    column.display({
      id: 'lastActivity',
      header: users.lastActivity,
      cell: ({ row }) => <Activity at={row.original.lastActivity} />,
      meta: mayRemove ? { width: 170, wide: true } : { width: 170 },
    }),
  ];
  if (!mayRemove) return columns;
  const remove = column.display({
    id: 'remove',
    header: users.actions,
    cell: ({ row }) => <RemoveUser dataset={dataset} segment={segment} user={row.original} />,
    meta: { width: 120 },
  });
  return [...columns, remove];
}

function Identities({ user }: { user: UserItem }) {
  const identities = recognizable(user.identities);
  const inWords = identities.map(({ type, value }) => `${type}: ${value}`).join(', ');
  return (
    <Text span size="sm" c="dimmed" title={inWords}>
      {identities.map(({ value }) => value).join(' · ')}
    </Text>
  );
}

function Activity({ at }: { at: string | null }) {
  return at === null ? texts.none : <Moment at={at} />;
}
