/**
 * Reads a moment as it may come in messages and files: RFC 3339, a day `YYYY-MM-DD` (00:00 UTC), or epoch milliseconds, as a
 * number or as digits. Undefined for anything else, for a day that no calendar has, and for years before 1 or after 9999.
 */
export function readMoment(value: unknown): Date | undefined {
  const epochMs = epochMsOf(value);
  return epochMs !== undefined && epochMs >= earliestMs && epochMs <= latestMs ? new Date(epochMs) : undefined;
}

export const momentForms = 'RFC 3339 (2024-05-01T10:00:00Z), a day (2024-05-01) or epoch milliseconds';

/** The moments that there are, epoch milliseconds; written out, all of them have a year of four digits. */
export const earliestMs = Date.parse('0001-01-01T00:00:00Z');
export const latestMs = Date.parse('9999-12-31T23:59:59.999Z');

const epochMs = /^-?\d{1,15}$/;
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d)))?$/;

function epochMsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  if (typeof value !== 'string') return undefined;
  if (epochMs.test(value)) return Number(value);
  const parts = rfc3339.exec(value);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  const [zoneHours, zoneMinutes] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  // A leap second is read as the second after it.
  if (hour > 23 || minute > 59 || second > 60 || zoneHours > 23 || zoneMinutes > 59) return undefined;
  const midnight = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const aheadMinutes = (zoneHours * 60 + zoneMinutes) * (parts[8] === '-' ? -1 : 1);
  const ms = Number((parts[7] ?? '').padEnd(3, '0'));
  return midnight.getTime() + ((hour * 60 + minute - aheadMinutes) * 60 + second) * 1000 + ms;
}

type Six = [number, number, number, number, number, number];
