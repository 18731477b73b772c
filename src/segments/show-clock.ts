import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { definitions, type Settings } from '../settings.ts';
import { findClockRun, findClockState } from './clock-sql.ts';

const time = z.iso.datetime();
const count = z.number().int();

export const clockSchema = z.object({
  everySeconds: count.describe('How often it looks: users move at most so much later than time says'),
  setting: z.string().describe('The setting that changes it'),
  due: count.describe('Users who are due and have not been looked at yet'),
  dueSince: time.nullable().describe('Since when the longest due of them is'),
  nextAt: time.nullable().describe('When the next user will be due; null when time moves nobody'),
  lastRun: z
    .object({ at: time, users: count, joined: count, left: count })
    .nullable()
    .describe('The last time that somebody was due: users looked at, and how many joined and left segments'),
});
export type ClockItem = z.infer<typeof clockSchema>;

/** Who is due at `now`, and what came of the last run of the clock. Whoever is being deleted in bulk is not waited for. */
export async function showClock(ds: DatasetDb, settings: Settings, now: Date): Promise<ClockItem> {
  const { due, dueSince, nextAt } = await findClockState(ds, now);
  const lastRun = await findClockRun(ds);
  return {
    everySeconds: settings.clockSeconds,
    setting: definitions.clockSeconds.env,
    due,
    dueSince: dueSince?.toISOString() ?? null,
    nextAt: nextAt?.toISOString() ?? null,
    lastRun: lastRun ? { ...lastRun, at: lastRun.at.toISOString() } : null,
  };
}
