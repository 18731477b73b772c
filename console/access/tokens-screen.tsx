import { Button, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { TokenItem } from '../../src/access/token-routes.ts';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Empty } from '../ui/empty.tsx';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { actsAs } from './acts-as.ts';
import { useDatasetNames } from './dataset-names.ts';
import { MakeToken } from './make-token.tsx';
import { useMayInAccount } from './me.ts';
import { NeedsAdministrator } from './needs-administrator.tsx';
import { RevokeToken } from './revoke-token.tsx';
import { tokensQuery } from './token-queries.ts';

const words = texts.access.tokens;

/** What programs ask with. */
export function TokensScreen() {
  return useMayInAccount('manageTokens') ? <Tokens /> : <NeedsAdministrator title={words.title} />;
}

function Tokens() {
  const nameOf = useDatasetNames();
  const { data, error, refetch } = useQuery(tokensQuery);
  const [isMaking, setIsMaking] = useState(false);
  const [revoked, setRevoked] = useState<TokenItem>();
  const columns = useMemo(() => columnsOfTokens(nameOf, setRevoked), [nameOf]);
  const make = <Button onClick={() => setIsMaking(true)}>{words.make}</Button>;
  const isEmpty = data?.length === 0;
  return (
    <Screen title={words.title} description={words.description} actions={!isEmpty && make}>
      {error !== null && <ProblemNotice error={error} retry={refetch} />}
      {data === undefined && error === null && <Loading what={words.waitingFor} />}
      {isEmpty && (
        <Empty title={words.empty} actions={make}>
          {words.emptyText}
        </Empty>
      )}
      {data && !isEmpty && <DataTable label={words.table} columns={columns} rows={data} idOf={({ keyId }) => keyId} />}
      <MakeToken opened={isMaking} onClose={() => setIsMaking(false)} />
      <RevokeToken token={revoked} onClose={() => setRevoked(undefined)} />
    </Screen>
  );
}

const column = columnsOf<TokenItem>();

function columnsOfTokens(nameOf: (dataset: string) => string, onRevoke: (token: TokenItem) => void) {
  return [
    column.accessor('name', {
      header: words.name,
      sortFn: 'text',
      cell: ({ getValue }) => (
        <Text size="sm" fw={600}>
          {getValue()}
        </Text>
      ),
    }),
    column.accessor('keyId', {
      header: words.keyId,
      enableSorting: false,
      meta: { wide: true },
      cell: ({ getValue }) => <Copyable value={getValue()} label={words.keyId} />,
    }),
    column.accessor((token) => actsAs(token, nameOf), { id: 'role', header: words.role, sortFn: 'text' }),
    column.accessor(({ createdBy }) => (createdBy.kind === 'system' ? words.bySystem : createdBy.name), {
      id: 'createdBy',
      header: words.createdBy,
      sortFn: 'text',
      meta: { wide: true },
    }),
    column.accessor('createdAt', {
      header: words.createdAt,
      meta: { wide: true },
      cell: ({ getValue }) => <Moment at={getValue()} />,
    }),
    column.display({
      id: 'revoke',
      header: () => <VisuallyHidden>{words.revoke}</VisuallyHidden>,
      cell: ({ row: { original } }) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={words.revokeOf(original.name)}
          onClick={() => onRevoke(original)}
        >
          {words.revoke}
        </Button>
      ),
    }),
  ];
}
