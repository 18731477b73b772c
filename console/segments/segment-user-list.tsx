import { Group } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { canFollow, followed } from '../api/query-client.ts';
import { texts } from '../texts/texts.ts';
import { EndlessTable } from '../ui/endless-table.tsx';
import { Following } from '../ui/following.tsx';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ReadAt } from '../ui/read-at.tsx';
import classes from './segment.module.css';
import { segmentUserColumns } from './segment-user-columns.tsx';
import { segmentUsersQuery } from './segment-user-queries.ts';

export interface SegmentUserListProps {
  dataset: string;
  segment: SegmentItem;
  search: string;
  sort: 'lastActivity' | undefined;
}

/** The users of a segment, as many as there are, as they come and go. */
export function SegmentUserList({ dataset, segment, search, sort }: SegmentUserListProps) {
  const mayEdit = useMay('editSegments', dataset);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [isFollowing, setIsFollowing] = useState(true);
  const query = segmentUsersQuery(dataset, { segment: segment.id, search, sort });
  const { data, error, hasNextPage, isFetchNextPageError, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery({ ...query, ...followed(isFollowing) });
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const mayRemove = mayEdit && segment.kind !== 'rule' && segment.state !== 'deleting';
  const columns = useMemo(
    () => segmentUserColumns({ dataset, segment: segment.id, mayRemove }),
    [dataset, segment.id, mayRemove],
  );
  if (error && !data) return <ProblemNotice error={error} retry={refetch} />;
  if (!data) return <Loading what={texts.segments.users.loading} />;
  return (
    <>
      {error && <ProblemNotice error={error} retry={refetch} />}
      <Group justify="flex-end">
        {canFollow(data) ? (
          <Following isFollowing={isFollowing} onChange={setIsFollowing} />
        ) : (
          <ReadAt
            at={data.pages[0]?.readAt}
            onAgain={() => void queryClient.resetQueries({ queryKey: query.queryKey })}
          />
        )}
      </Group>
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

function whyEmpty({ kind, state, enabled }: SegmentItem, search: string): string {
  const { users } = texts.segments;
  if (search !== '') return users.nothingFound;
  if (state === 'computing') return users.noneComputing;
  return kind === 'rule' || !enabled ? users.none : users.noneOnList;
}
