import { z } from 'zod';

const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of the day in UTC, from "00:00" to "23:59"')
  .describe('A time of the day in UTC, such as "08:00"');
const rate = 'expected a whole number of users from 1 to 1000000';

/**
 * Hours of every day, in UTC, in which a bulk deletion of a dataset goes at most at a rate of its own: from `from` until just before
 * `to`, over midnight where `to` is the earlier one. There is no rate of 0: nothing stops a bulk deletion for good.
 */
export const quietHoursShape = z
  .strictObject({
    from: clock,
    to: clock,
    usersPerSecond: z.number(rate).int(rate).min(1, rate).max(1_000_000, rate).describe('Most users deleted a second'),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'expected another time than "from"' });
export type QuietHours = z.infer<typeof quietHoursShape>;

/** Whether a moment lies in those hours. */
export function isQuiet({ from, to }: QuietHours, at: Date): boolean {
  const now = at.toISOString().slice(11, 16);
  return from < to ? from <= now && now < to : from <= now || now < to;
}
