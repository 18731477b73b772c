import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { withLimitedSnapshot } from '../database/snapshot.ts';
import { moment } from '../http/app.ts';
import { readActions } from './actions-sql.ts';
import { namesMax, tooSlow } from './vocabulary.ts';

const count = z.number().int().nonnegative();

export const actionSchema = z.object({
  action: z.string(),
  events: count,
  users: count.describe('Who did it'),
  last: moment.describe('Moment of the newest of these events'),
});
export type ActionItem = z.infer<typeof actionSchema>;

/** What users did, most events first, the first 10,000 actions; exact. Throws `actions.too_slow`. */
export async function listActions(ds: DatasetDb): Promise<ActionItem[]> {
  const rows = await withLimitedSnapshot(ds, { tooSlow: tooSlow('actions') }, (snapshot) =>
    readActions(snapshot, namesMax),
  );
  return rows.map(({ last, ...total }) => ({ ...total, last: last.toISOString() }));
}
