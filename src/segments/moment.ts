/** A day or a moment in a rule. `at` is RFC 3339 in UTC with six decimals, so that two of them compare as text. */
export interface Moment {
  at: string;
  /** A day counts whole; `at` is its beginning. */
  day: boolean;
}

const dayMs = 86_400_000;
const form = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d)))?$/;
/** Years that stay within four digits whatever an offset or the end of a day adds to them. */
const yearMin = 1000;
const yearMax = 9998;

/** What a rule's `2024-05-01` or `2024-05-01T12:00:00+02:00` means; undefined when it is neither a day nor a moment. */
export function readMoment(text: string): Moment | undefined {
  const parts = form.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  const [decimals = '', sign, offsetHours = '0', offsetMinutes = '0'] = parts.slice(7);
  if (year < yearMin || year > yearMax || month < 1 || month > 12 || day < 1 || day > daysOf(year, month))
    return undefined;
  // A leap second is the second after it.
  if (hour > 23 || minute > 59 || second > 60 || Number(offsetHours) > 23 || Number(offsetMinutes) > 59)
    return undefined;
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs;
  return { at: withMicros(ms, decimals.slice(0, 6).padEnd(6, '0')), day: parts[4] === undefined };
}

type Six = [number, number, number, number, number, number];

/** The days of a month: the day before the first of the next one. */
function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The beginning of the day after that of `moment`. */
export function nextDay(moment: Moment): string {
  return withMicros(Date.parse(`${moment.at.slice(0, 10)}T00:00:00Z`) + dayMs, '000000');
}

/** `days` times 24 hours before `now`. */
export function daysBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * dayMs).toISOString();
}

function withMicros(ms: number, micros: string): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.${micros}Z`;
}
