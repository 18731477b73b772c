import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { EndlessTable } from '../ui/endless-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './segment.module.css';
import { segmentUserColumns } from './segment-user-columns.tsx';
import { isLive, segmentUsersQuery } from './segment-user-queries.ts';

export interface SegmentUserListProps {
  dataset: string;
  segment: SegmentItem;
  search: string;
  sort: 'lastActivity' | undefined;
}

/** The users of a segment, as many as there are; live at its beginning. */
export function SegmentUserList({ dataset, segment, search, sort }: SegmentUserListProps) {
  const mayEdit = useMay('editSegments', dataset);
  const navigate = useNavigate();
  const query = segmentUsersQuery(dataset, { segment: segment.id, search, sort });
  const { data, error, hasNextPage, isFetchNextPageError, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(query);
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const mayRemove = mayEdit && segment.kind !== 'rule' && segment.state !== 'deleting';
  const columns = useMemo(
    () => segmentUserColumns({ dataset, segment: segment.id, mayRemove }),
    [dataset, segment.id, mayRemove],
  );
  if (error && !data) return <ProblemNotice error={error} retry={refetch} />;
  if (!data) return <Loading what={texts.segments.users.loading} />;
  const readAt = data.pages[0]?.readAt;
  return (
    <>
      {error && <ProblemNotice error={error} retry={refetch} />}
      {!isLive(data) && readAt !== undefined && <ReadAt at={readAt} queryKey={query.queryKey} />}
      {rows.length === 0 ? (
        <div className={classes.hint}>{whyEmpty(segment, search)}</div>
      ) : (
        <EndlessTable
          // From the top again when something else is asked for.
          key={`${search} ${sort}`}
          label={texts.segments.users.label}
          columns={columns}
          rows={rows}
          total={search === '' ? (segment.users ?? undefined) : undefined}
          idOf={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: '/datasets/$ds/users/$user', params: { ds: dataset, user: id } })}
          hasMore={hasNextPage && !isFetchNextPageError}
          isLoadingMore={isFetchingNextPage}
          loadMore={fetchNextPage}
          minWidth={300}
        />
      )}
    </>
  );
}

/** A list that one has read far into stands still; this says since when, and reads it from the beginning. */
function ReadAt({ at, queryKey }: { at: string; queryKey: readonly unknown[] }) {
  const { users } = texts.segments;
  const queryClient = useQueryClient();
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {users.readAt} <Moment at={at} as="ago" />.
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => void queryClient.resetQueries({ queryKey })}>
        {users.readAgain}
      </Button>
    </Group>
  );
}

function whyEmpty({ kind, state, enabled }: SegmentItem, search: string): string {
  const { users } = texts.segments;
  if (search !== '') return users.nothingFound;
  if (state === 'computing') return users.noneComputing;
  return kind === 'rule' || !enabled ? users.none : users.noneOnList;
}
