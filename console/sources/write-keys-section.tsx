import { Button, VisuallyHidden } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { WriteKeyItem } from '../../src/access/write-key-routes.ts';
import { Section } from '../datasets/section.tsx';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Empty } from '../ui/empty.tsx';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { DeleteWriteKey } from './delete-write-key.tsx';
import { MakeWriteKey } from './make-write-key.tsx';
import classes from './sources.module.css';

const words = texts.sources.keys;

export interface WriteKeysSectionProps {
  dataset: string;
  keys: Pick<UseQueryResult<WriteKeyItem[]>, 'data' | 'error' | 'refetch'>;
  /** A key was made: the one to go on with. */
  onMade(key: string): void;
}

/** The write keys of a dataset, with when each was last used. */
export function WriteKeysSection({ dataset, keys: { data, error, refetch }, onMade }: WriteKeysSectionProps) {
  const [isMaking, setIsMaking] = useState(false);
  const [deleted, setDeleted] = useState<WriteKeyItem>();
  const columns = useMemo(() => columnsOfKeys(setDeleted), []);
  const make = <Button onClick={() => setIsMaking(true)}>{words.make}</Button>;
  const isEmpty = data?.length === 0;
  return (
    <Section title={words.title} hint={words.hint} actions={data && !isEmpty && make}>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what={words.what} lines={2} />}
      {isEmpty && (
        <Empty title={words.empty} actions={make}>
          {words.emptyText}
        </Empty>
      )}
      {data && !isEmpty && <DataTable label={words.table} columns={columns} rows={data} idOf={({ key }) => key} />}
      <MakeWriteKey dataset={dataset} opened={isMaking} onMade={onMade} onClose={() => setIsMaking(false)} />
      <DeleteWriteKey dataset={dataset} writeKey={deleted} onClose={() => setDeleted(undefined)} />
    </Section>
  );
}

const column = columnsOf<WriteKeyItem>();

function columnsOfKeys(onDelete: (writeKey: WriteKeyItem) => void) {
  return [
    column.accessor('name', {
      header: words.name,
      sortFn: 'text',
      cell: ({ getValue }) => <span className={classes.name}>{getValue()}</span>,
    }),
    column.accessor('key', {
      header: words.key,
      enableSorting: false,
      cell: ({ row: { original } }) => <Copyable value={original.key} label={words.keyOf(original.name)} />,
    }),
    column.accessor('createdAt', {
      header: words.created,
      meta: { wide: true },
      cell: ({ getValue }) => <Moment at={getValue()} as="date" />,
    }),
    column.accessor('lastUsedAt', {
      header: words.lastUsed,
      meta: { wide: true },
      cell: ({ row: { original } }) =>
        original.lastUsedAt === null ? (
          <span className={classes.quiet}>{words.never}</span>
        ) : (
          <Moment at={original.lastUsedAt} as="ago" />
        ),
    }),
    column.display({
      id: 'delete',
      header: () => <VisuallyHidden>{words.delete}</VisuallyHidden>,
      cell: ({ row: { original } }) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={words.deleteOf(original.name)}
          onClick={() => onDelete(original)}
        >
          {words.delete}
        </Button>
      ),
    }),
  ];
}
