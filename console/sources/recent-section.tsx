import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { RecentMessageItem } from '../../src/events/recent-message-routes.ts';
import { Section } from '../datasets/section.tsx';
import { texts } from '../texts/texts.ts';
import { EndlessTable } from '../ui/endless-table.tsx';
import { Following } from '../ui/following.tsx';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { recentMessagesQuery } from './source-queries.ts';
import classes from './sources.module.css';

const words = texts.sources.recent;

/** What was received last, as it comes. */
export function RecentSection({ dataset }: { dataset: string }) {
  const [isFollowing, setIsFollowing] = useState(true);
  const { data, error, refetch } = useQuery(recentMessagesQuery(dataset, isFollowing));
  const columns = useMemo(() => columnsOfMessages(dataset), [dataset]);
  return (
    <Section
      title={words.title}
      hint={words.hint}
      actions={data && data.length > 0 && <Following isFollowing={isFollowing} onChange={setIsFollowing} />}
    >
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what={words.what} lines={3} />}
      {data?.length === 0 && <WaitingForFirst />}
      {data && data.length > 0 && (
        <EndlessTable
          label={words.table}
          columns={columns}
          rows={data}
          total={data.length}
          idOf={({ no }) => String(no)}
          hasMore={false}
          isLoadingMore={false}
          loadMore={() => {}}
          height="460px"
          minWidth={680}
        />
      )}
    </Section>
  );
}

function WaitingForFirst() {
  return (
    <div className={classes.waiting} role="status">
      <strong>{words.waiting}</strong> {words.waitingHint}
    </div>
  );
}

const column = columnsOf<RecentMessageItem>();

function columnsOfMessages(dataset: string) {
  return [
    column.accessor('at', {
      header: words.at,
      cell: ({ getValue }) => <Moment at={getValue()} as="exact" />,
      meta: { width: 170 },
    }),
    column.accessor('source', { header: words.source, meta: { width: 130 } }),
    column.accessor(({ type }) => type ?? words.unreadable, { id: 'type', header: words.type, meta: { width: 90 } }),
    column.accessor(({ action }) => action ?? texts.none, { id: 'action', header: words.action, meta: { width: 150 } }),
    column.display({
      id: 'outcome',
      header: words.outcome,
      cell: ({ row: { original } }) => <Outcome dataset={dataset} message={original} />,
    }),
  ];
}

/** Whom it was about, or why it was not taken. */
function Outcome({ dataset, message: { user, refused } }: { dataset: string; message: RecentMessageItem }) {
  if (refused) {
    const why = words.refused(refused.detail);
    return (
      <span className={classes.refused} title={why}>
        {why}
      </span>
    );
  }
  if (user === null) return <span className={classes.quiet}>{words.duplicate}</span>;
  return (
    <Anchor
      inherit
      renderRoot={(props) => <Link {...props} to="/datasets/$ds/users/$user" params={{ ds: dataset, user }} />}
    >
      {user}
    </Anchor>
  );
}
