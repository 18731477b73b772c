import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { type DayRow, type Days, readDays, readDaysOfAll } from './history-sql.ts';
import { unknownSegment } from './segment.ts';
import { findSegment } from './segment-sql.ts';

/** Most days that the history of one segment answers, and how many when nobody says. */
export const historyDaysMax = 1_000;
const historyDaysDefault = 90;

const count = z.number().int().nonnegative();
const day = z.iso.date().describe('A UTC day');

export const daySchema = z.object({ day, joined: count, left: count, deleted: count });
export type SegmentDay = z.infer<typeof daySchema>;

export const recentChangesSchema = z.object({
  days: z.array(day).describe('Oldest first, today last'),
  items: z
    .array(z.object({ segment: z.string(), joined: z.array(count), left: z.array(count), deleted: z.array(count) }))
    .describe('A number for each of the days; segments whose users did not change are left out'),
});
export type RecentChanges = z.infer<typeof recentChangesSchema>;

/** How many users joined and left each segment, and were deleted out of it, on each of the last days, today included. */
export async function showRecentChanges(ds: DatasetDb, days: number, now: Date): Promise<RecentChanges> {
  const today = dayOf(now);
  const range = eachDay({ from: addDays(today, 1 - days), to: today });
  const rows = await readDaysOfAll(ds, { from: range[0] ?? today, to: today });
  const bySegment = Map.groupBy(rows, (row) => row.segment);
  const items = [...bySegment].map(([segment, ofSegment]) => {
    const filled = fill(range, ofSegment);
    return {
      segment,
      joined: filled.map(({ joined }) => joined),
      left: filled.map((one) => one.left),
      deleted: filled.map(({ deleted }) => deleted),
    };
  });
  return { days: range, items };
}

/**
 * How the users of one segment came and went, every day of the range, those without a change too. Without `to` it ends today,
 * without `from` it has 90 days.
 *
 * Throws `segment.unknown`, `query.days`.
 */
export async function showHistory(
  ds: DatasetDb,
  segmentId: string,
  { from, to, now }: { from?: string | undefined; to?: string | undefined; now: Date },
): Promise<SegmentDay[]> {
  const segment = await findSegment(ds, segmentId);
  if (!segment) throw unknownSegment();
  const last = to ?? dayOf(now);
  const days = { from: from ?? addDays(last, 1 - historyDaysDefault), to: last };
  checkRange(days);
  return fill(eachDay(days), await readDays(ds, segment.no, days));
}

/** The first day that the database and the calendar of everybody have in common. */
const firstDay = '0001-01-01';

function checkRange({ from, to }: Days): void {
  const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  if (days >= 1 && days <= historyDaysMax && from >= firstDay) return;
  const wanted = `a day that is not before "from" and at most ${historyDaysMax} days in all`;
  const detail = `"to": expected ${wanted}; "from" is ${from} and "to" is ${to}.`;
  throw new LetheError('unreadable', 'query.days', detail, {
    errors: [{ field: 'to', code: 'notAllowed', detail, expected: wanted, actual: to }],
  });
}

const dayMs = 86_400_000;

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

function addDays(from: string, days: number): string {
  return dayOf(new Date(Date.parse(from) + days * dayMs));
}

function eachDay({ from, to }: Days): string[] {
  const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  return Array.from({ length: days }, (_, n) => addDays(from, n));
}

function fill(days: readonly string[], rows: readonly DayRow[]): SegmentDay[] {
  const byDay = new Map(rows.map((row) => [row.day, row]));
  return days.map((one) => {
    const { joined = 0, left = 0, deleted = 0 } = byDay.get(one) ?? {};
    return { day: one, joined, left, deleted };
  });
}
