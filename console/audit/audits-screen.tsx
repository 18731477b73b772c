import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useMayInAccount } from '../access/me.ts';
import { membersQuery } from '../access/member-queries.ts';
import { NeedsAdministrator } from '../access/needs-administrator.tsx';
import { tokensQuery } from '../access/token-queries.ts';
import { texts } from '../texts/texts.ts';
import { Empty } from '../ui/empty.tsx';
import { EndlessTable } from '../ui/endless-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { columnsOfAudits } from './audit-columns.tsx';
import { AuditEntryDialog } from './audit-entry-dialog.tsx';
import { type AuditFilter, readFilter } from './audit-filter.ts';
import { AuditFilters } from './audit-filters.tsx';
import { type AuditRow, auditQuery } from './audit-queries.ts';

const words = texts.audit;
const route = getRouteApi('/signed-in/audits');

/** What was done, by whom and when. */
export function AuditsScreen() {
  return useMayInAccount('readAudits') ? <Audits /> : <NeedsAdministrator title={words.title} />;
}

function Audits() {
  // The router passes on whatever else stands in the address.
  const filter = readFilter(route.useSearch());
  const navigate = route.useNavigate();
  const change = (changed: AuditFilter) => void navigate({ search: changed, replace: true });
  const [opened, setOpened] = useState<AuditRow>();
  return (
    <Screen title={words.title} description={words.description}>
      <AuditFilters filter={filter} onChange={change} />
      <Entries filter={filter} onOpen={setOpened} onClear={() => change({})} />
      <AuditEntryDialog
        entry={opened}
        onOnlyBy={(actor) => {
          setOpened(undefined);
          change({ actor });
        }}
        onClose={() => setOpened(undefined)}
      />
    </Screen>
  );
}

interface EntriesProps {
  filter: AuditFilter;
  onOpen(entry: AuditRow): void;
  onClear(): void;
}

function Entries({ filter, onOpen, onClear }: EntriesProps) {
  const { data, error, refetch, hasNextPage, isFetchNextPageError, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery({
      ...auditQuery(filter),
      placeholderData: keepPreviousData,
    });
  const names = useNames();
  const columns = useMemo(() => columnsOfAudits({ names, onOpen }), [names, onOpen]);
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  if (error !== null && data === undefined) return <ProblemNotice error={error} retry={refetch} />;
  if (data === undefined) return <Loading what={words.waitingFor} />;
  if (data.length === 0) {
    const clear = (
      <Button variant="default" onClick={onClear}>
        {words.filters.clear}
      </Button>
    );
    return (
      <Empty title={words.nothingFound} actions={clear}>
        {words.nothingFoundText}
      </Empty>
    );
  }
  return (
    <EndlessTable
      label={words.table}
      columns={columns}
      rows={data}
      total={hasNextPage ? undefined : data.length}
      idOf={({ key }) => key}
      onOpen={onOpen}
      hasMore={hasNextPage && !isFetchNextPageError}
      isLoadingMore={isFetchingNextPage}
      loadMore={loadMore}
    />
  );
}

/** Names of members and tokens by id; entries keep the name of who did it, not of whom it was done to. */
function useNames(): ReadonlyMap<string, string> {
  const { data: members } = useQuery(membersQuery);
  const { data: tokens } = useQuery(tokensQuery);
  return useMemo(
    () =>
      new Map([
        ...(members ?? []).map(({ id, name }) => [id, name] as const),
        ...(tokens ?? []).map(({ keyId, name }) => [keyId, name] as const),
      ]),
    [members, tokens],
  );
}
