import { type RawBuilder, sql } from 'kysely';
import type { Db } from './postgres.ts';

/** Hours of every day, in UTC, in which bulk deletions go gently; datasets/quiet-hours.ts says more. */
interface QuietHours {
  from: string;
  to: string;
  usersPerSecond: number;
}

/** One isolated world: a PostgreSQL schema of its own. `no` never names another dataset again, even after a deletion. */
export interface Dataset {
  no: number;
  id: string;
  name: string;
  type: string;
  /** Hash partitions of every table that is partitioned by profile; partition k of each holds the same profiles. */
  partitions: number;
  /** Takes events at /api2/event from anybody. */
  eventApi: boolean;
  quietHours: QuietHours | null;
  createdAt: Date;
}

/** Every table (and the view `doomed_profile`) of a dataset's schema; database/migrations/dataset says what each holds. */
export const tableNames = [
  'profile',
  'identity',
  'event',
  'visit',
  'action_count',
  'membership',
  'membership_change',
  'segment',
  'segment_count',
  'segment_history',
  'segment_computation',
  'segment_following',
  'segment_replacement',
  'discarded_set',
  'clock',
  'clock_run',
  'deletion',
  'deletion_slice',
  'deletion_heartbeat',
  'erasure',
  'seen_message',
  'import',
  'import_error',
  'attribute',
  'identity_type',
  'doomed_profile',
  'profile_id',
  'event_id',
  'set_no',
  'change_seq',
] as const;
export type TableName = (typeof tableNames)[number];

/** The tables of one dataset as ready, schema-qualified identifiers for hand-written SQL: `FROM ${ds.tables.event}`. */
export type Tables = Readonly<Record<TableName, RawBuilder<unknown>>>;

/** A dataset on a pool or in a transaction: the first argument of every function that touches a dataset's rows. */
export interface DatasetDb {
  dataset: Dataset;
  db: Db;
  tables: Tables;
  /** Partition `slice` of a table that is partitioned by profile. */
  partition(table: PartitionedTable, slice: number): RawBuilder<unknown>;
}

export type PartitionedTable =
  | 'profile'
  | 'event'
  | 'visit'
  | 'action_count'
  | 'membership'
  | 'membership_change'
  | 'clock';

export function schemaOf(dataset: { id: string }): string {
  return `ds_${dataset.id}`;
}

/** The handle of a dataset on the given pool or transaction. */
export function on(dataset: Dataset, db: Db): DatasetDb {
  const schema = schemaOf(dataset);
  return {
    dataset,
    db,
    tables: tablesOf(schema),
    partition: (table, slice) => sql.id(schema, `${table}_${slice}`),
  };
}

const tablesBySchema = new Map<string, Tables>();

function tablesOf(schema: string): Tables {
  let tables = tablesBySchema.get(schema);
  if (!tables) {
    tables = Object.fromEntries(tableNames.map((name) => [name, sql.id(schema, name)])) as unknown as Tables;
    tablesBySchema.set(schema, tables);
  }
  return tables;
}
