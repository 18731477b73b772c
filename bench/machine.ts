import { availableParallelism, cpus, totalmem } from 'node:os';
import { sql } from 'kysely';
import type { Db } from '../src/database/postgres.ts';

/** What a figure was measured on. */
export function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 1_048_576),
    node: process.version,
  };
}

const told = [
  'server_version',
  'fsync',
  'full_page_writes',
  'synchronous_commit',
  'wal_compression',
  'wal_level',
  'shared_buffers',
  'wal_buffers',
  'max_wal_size',
  'min_wal_size',
  'jit',
];

/** The server settings in force that matter for a rate. */
export async function serverSettings(db: Db): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; setting: string }>`
    SELECT name, current_setting(name) AS setting FROM unnest(${told}::text[]) AS name`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.name, row.setting]));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
