import { sql } from 'kysely';
import type { DatasetDb } from './handle.ts';

/** Marks a point of the transaction that `backToSavepoint` goes back to, as often as it likes. */
export async function setSavepoint(tx: DatasetDb, name: string): Promise<void> {
  await sql`SAVEPOINT ${sql.id(name)}`.execute(tx.db);
}

/** Takes back what was written since then, and lets go of every lock on a row that was taken since. */
export async function backToSavepoint(tx: DatasetDb, name: string): Promise<void> {
  await sql`ROLLBACK TO SAVEPOINT ${sql.id(name)}`.execute(tx.db);
}
