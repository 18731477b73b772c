import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { UserItem } from '../../src/profiles/user-items.ts';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { nameOf, recognizable } from './user-name.ts';

const column = columnsOf<UserItem>();

/** The columns of a list of users. */
export function userColumns(dataset: string, nameOfSegment: (id: string) => string) {
  const names = texts.profiles.list.column;
  return column.columns([
    column.display({
      id: 'name',
      header: names.name,
      cell: ({ row: { original } }) => <UserLink dataset={dataset} user={original} />,
    }),
    column.display({
      id: 'kind',
      header: names.kind,
      meta: { width: 104 },
      cell: ({ row: { original } }) => (original.anonymous ? texts.profiles.user.anonymous : texts.profiles.user.named),
    }),
    column.display({
      id: 'identities',
      header: names.identities,
      cell: ({ row: { original } }) => <Listed names={recognizable(original.identities).map(({ value }) => value)} />,
    }),
    column.display({
      id: 'firstActivity',
      header: names.firstActivity,
      meta: { width: 168, wide: true },
      cell: ({ row: { original } }) => momentOrNone(original.firstActivity),
    }),
    column.display({
      id: 'lastActivity',
      header: names.lastActivity,
      meta: { width: 168 },
      cell: ({ row: { original } }) => momentOrNone(original.lastActivity),
    }),
    column.display({
      id: 'segments',
      header: names.segments,
      meta: { wide: true },
      cell: ({ row: { original } }) => <Listed names={original.segments.map(nameOfSegment)} />,
    }),
  ]);
}

export interface UserLinkProps {
  dataset: string;
  user: Pick<UserItem, 'id' | 'displayName'>;
  /** Where leaving the screen would lose what is on it. */
  newWindow?: boolean;
}

export function UserLink({ dataset, user, newWindow = false }: UserLinkProps) {
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link
          {...props}
          to="/datasets/$ds/users/$user"
          params={{ ds: dataset, user: user.id }}
          target={newWindow ? '_blank' : undefined}
        />
      )}
    >
      {nameOf(user)}
    </Anchor>
  );
}

/** As many as the column has room for; all of them on hover. */
function Listed({ names }: { names: readonly string[] }) {
  const all = names.join(', ');
  return all === '' ? texts.none : <span title={all}>{all}</span>;
}

function momentOrNone(at: string | null) {
  return at === null ? texts.none : <Moment at={at} />;
}
