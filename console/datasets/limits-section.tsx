import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { LimitItem } from '../../src/segments/show-limits.ts';
import { texts } from '../texts/texts.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { bytes, count } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { limitsQuery } from './dataset-queries.ts';
import classes from './datasets.module.css';
import { Section } from './section.tsx';

const words = texts.datasets.limits;

/** How much this dataset may hold, and how much of that it does. */
export function LimitsSection({ dataset }: { dataset: string }) {
  const { data, error, refetch } = useQuery(limitsQuery(dataset));
  return (
    <Section title={words.title} hint={words.hint}>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what={words.what} lines={4} />}
      {data && <DataTable label={words.title} columns={columns} rows={data.items} idOf={({ name }) => name} />}
    </Section>
  );
}

const column = columnsOf<LimitItem>();

const columns = [
  column.accessor(({ name }) => words.names[name] ?? name, {
    id: 'name',
    header: words.name,
    enableSorting: false,
    cell: ({ getValue }) => <span className={classes.name}>{getValue()}</span>,
  }),
  column.accessor('used', {
    header: words.used,
    enableSorting: false,
    cell: ({ row }) => <Used item={row.original} />,
  }),
  column.accessor('limit', {
    header: words.most,
    enableSorting: false,
    meta: { numeric: true },
    cell: ({ row: { original } }) => amountOf(original),
  }),
  column.accessor('setting', {
    header: words.setting,
    enableSorting: false,
    meta: { wide: true },
    cell: ({ getValue }) => <span className={classes.setting}>{getValue()}</span>,
  }),
];

function Used({ item: { used, limit, name } }: { item: LimitItem }) {
  if (used === null) return <span className={classes.muted}>{texts.none}</span>;
  const label = words.usedOf(used, limit);
  return (
    <div className={classes.bar}>
      <span className={classes.figure}>{count(used)}</span>
      <Progress
        className={classes.used}
        flex={1}
        miw={60}
        value={limit === 0 ? 100 : (100 * used) / limit}
        aria-label={`${words.names[name] ?? name}: ${label}`}
      />
    </div>
  );
}

/** Sizes are said in bytes, exactly, and as people say them. */
function amountOf({ limit, unit }: LimitItem): string {
  return unit === 'bytes' ? `${bytes(limit)} (${count(limit)})` : count(limit);
}
