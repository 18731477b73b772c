import { Anchor, Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ImportItem } from '../../src/imports/import-routes.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Empty } from '../ui/empty.tsx';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { bytes, count } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { importsQuery } from './import-queries.ts';
import { ImportState } from './import-state.tsx';
import classes from './imports.module.css';

export function ImportsScreen() {
  const { ds } = useParams({ from: '/signed-in/datasets/$ds/imports' });
  const mayImport = useMay('importData', ds);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(importsQuery(ds));
  const items = data?.pages.flatMap((page) => page.items);
  const { list } = texts.imports;
  return (
    <Screen
      title={list.title}
      description={list.description}
      actions={mayImport && items && items.length > 0 && <NewImport dataset={ds} />}
    >
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!items && !error && <Loading what={list.what} />}
      {items?.length === 0 && <NoImports dataset={ds} />}
      {items && items.length > 0 && <ImportsTable dataset={ds} items={items} />}
      {hasNextPage && (
        <div>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {texts.actions.more}
          </Button>
        </div>
      )}
    </Screen>
  );
}

function NewImport({ dataset }: { dataset: string }) {
  return (
    <Button renderRoot={(props) => <Link {...props} to="/datasets/$ds/imports/new" params={{ ds: dataset }} />}>
      {texts.imports.list.new}
    </Button>
  );
}

function NoImports({ dataset }: { dataset: string }) {
  const mayImport = useMay('importData', dataset);
  const { list } = texts.imports;
  return (
    <Empty
      title={list.emptyTitle}
      actions={
        <>
          {mayImport && <NewImport dataset={dataset} />}
          <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/help/$page" params={{ page: 'import' }} />}>
            {list.how}
          </Anchor>
        </>
      }
    >
      {mayImport ? list.empty : list.emptyForReader}
    </Empty>
  );
}

function ImportsTable({ dataset, items }: { dataset: string; items: readonly ImportItem[] }) {
  const navigate = useNavigate();
  const columns = useMemo(() => importColumns(dataset), [dataset]);
  return (
    <DataTable
      label={texts.imports.list.title}
      columns={columns}
      rows={items}
      idOf={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: '/datasets/$ds/imports/$id', params: { ds: dataset, id } })}
    />
  );
}

function importColumns(dataset: string) {
  const column = columnsOf<ImportItem>();
  const { kinds, formats } = texts.imports;
  const { columns } = texts.imports.list;
  return [
    column.accessor('id', {
      header: columns.id,
      enableSorting: false,
      cell: ({ row: { original } }) => (
        <Anchor
          size="sm"
          className={classes.id}
          renderRoot={(props) => (
            <Link {...props} to="/datasets/$ds/imports/$id" params={{ ds: dataset, id: original.id }} />
          )}
        >
          {original.id}
        </Anchor>
      ),
    }),
    column.accessor('kind', { header: columns.kind, cell: ({ getValue }) => kinds[getValue()] }),
    column.accessor('format', { header: columns.format, cell: ({ getValue }) => formats[getValue()] }),
    column.accessor('state', {
      header: columns.state,
      meta: { width: 150 },
      cell: ({ row }) => <ImportState item={row.original} />,
    }),
    ...figureColumns(),
    column.accessor(({ requestedBy }) => requestedBy.name, { id: 'by', header: columns.by }),
    column.accessor('createdAt', { header: columns.at, cell: ({ getValue }) => <Moment at={getValue()} /> }),
  ];
}

function figureColumns() {
  const column = columnsOf<ImportItem>();
  const { columns } = texts.imports.list;
  const numeric = { numeric: true } as const;
  return [
    column.accessor('rows', { header: columns.rows, meta: numeric, cell: ({ getValue }) => count(getValue()) }),
    column.accessor('accepted', { header: columns.accepted, meta: numeric, cell: ({ getValue }) => count(getValue()) }),
    column.accessor('rejected', {
      header: columns.rejected,
      meta: numeric,
      cell: ({ getValue }) => (
        <span className={getValue() > 0 ? classes.attention : undefined}>{count(getValue())}</span>
      ),
    }),
    column.accessor('bytes', { header: columns.bytes, meta: numeric, cell: ({ getValue }) => bytes(getValue()) }),
  ];
}
