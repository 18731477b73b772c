import { sql } from 'kysely';
import type { Db } from '../src/database/postgres.ts';

/** A door that somebody waits at until somebody else opens it. */
export function door(): { opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Asks again until the answer is yes; fails after 20 seconds. */
export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; ; ) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether so many connections of this database wait for locks. */
export async function isWaiting(db: Db, count = 1): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db);
  return (rows[0]?.count ?? 0) >= count;
}

/** Waits until so many connections of this database wait for locks. */
export function untilWaiting(db: Db, count = 1): Promise<void> {
  return until(() => isWaiting(db, count), `${count} connections wait for a lock`);
}
