import { Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { UserItem } from '../../src/profiles/user-items.ts';
import { isProblem, Problem } from '../api/problem.ts';
import { segmentsQuery } from '../segments/segment-queries.ts';
import { texts } from '../texts/texts.ts';
import { EndlessTable } from '../ui/endless-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './profiles.module.css';
import { userColumns } from './user-columns.tsx';
import { usersQuery } from './user-queries.ts';

const settleMs = 250;

/** All users of a dataset, or those whom a search finds; the search stays in this window and out of the address. */
export function UserList({ dataset, total }: { dataset: string; total: number }) {
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), settleMs);
  const { sort } = useSearch({ from: '/signed-in/datasets/$ds/users' });
  const wanted = { search, sort };
  const users = useInfiniteQuery(usersQuery(dataset, wanted));
  const rows = useMemo(() => users.data?.pages.flatMap(({ items }) => items) ?? [], [users.data]);
  const isKnown = search === '' || !users.hasNextPage;
  return (
    <Stack gap="xs">
      <Group align="end" gap="sm">
        <TextInput
          className={classes.search}
          label={texts.profiles.list.search}
          placeholder={texts.profiles.list.searchHint}
          leftSection={<IconSearch size={16} aria-hidden />}
          type="search"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Order dataset={dataset} sort={sort} />
        <Text size="sm" c="dimmed" role="status" className={classes.found}>
          {search !== '' && users.isSuccess && !users.isPlaceholderData && found(rows.length, isKnown)}
        </Text>
      </Group>
      {users.error && <ProblemNotice error={inWordsOfThePage(users.error)} retry={users.refetch} />}
      {users.isPending && <Loading what={texts.profiles.list.users} />}
      {rows.length > 0 && !users.error && (
        <UserTable
          dataset={dataset}
          rows={rows}
          total={search === '' ? total : isKnown ? rows.length : undefined}
          hasMore={users.hasNextPage && !users.isFetchNextPageError}
          isLoadingMore={users.isFetchingNextPage}
          loadMore={users.fetchNextPage}
        />
      )}
    </Stack>
  );
}

function Order({ dataset, sort }: { dataset: string; sort: 'lastActivity' | undefined }) {
  const navigate = useNavigate();
  const { list } = texts.profiles;
  return (
    <NativeSelect
      label={list.order}
      value={sort ?? 'came'}
      data={Object.entries(list.sorts).map(([value, label]) => ({ value, label }))}
      onChange={({ currentTarget: { value } }) =>
        navigate({
          to: '/datasets/$ds/users',
          params: { ds: dataset },
          search: value === 'lastActivity' ? { sort: value } : {},
          replace: true,
        })
      }
    />
  );
}

interface UserTableProps {
  dataset: string;
  rows: readonly UserItem[];
  total: number | undefined;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): unknown;
}

function UserTable({ dataset, loadMore, ...rest }: UserTableProps) {
  const { data: segments } = useQuery(segmentsQuery(dataset, true));
  const navigate = useNavigate();
  const columns = useMemo(() => {
    const names = new Map(segments?.map(({ id, name }) => [id, name]));
    return userColumns(dataset, (id) => names.get(id) ?? id);
  }, [dataset, segments]);
  return (
    <EndlessTable
      label={texts.profiles.list.title}
      columns={columns}
      idOf={({ id }) => id}
      onOpen={({ id }) => navigate({ to: '/datasets/$ds/users/$user', params: { ds: dataset, user: id } })}
      loadMore={() => void loadMore()}
      {...rest}
    />
  );
}

function found(number: number, isKnown: boolean): string {
  const { matches, matchesSoFar } = texts.profiles.list;
  return isKnown ? matches(number) : matchesSoFar(number);
}

/** The API says it in words of its own: with an address that nobody types here. */
function inWordsOfThePage(error: Error): Error {
  if (!isProblem(error, 'users.search_too_slow')) return error;
  return new Problem(error.status, { code: error.code, detail: texts.profiles.list.tooSlow });
}
