/** How figures and moments are written for people: en-US, UTC, exact. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `18,196` */
export function count(value: number): string {
  return whole.format(value);
}

/** `2,500,315.63` */
export function amount(value: number): string {
  return money.format(value);
}

/** `18,196 users`, `1 user`. The plural is the word with an s unless it is given. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `31,461 events`, `1 identity`: rows of a place, whose name is a plural in camel case. */
export function countedRows(value: number, place: string): string {
  const many = inWords(place);
  return counted(value, many.replace(/ies$/, 'y').replace(/s$/, ''), many);
}

/** `77.2 %`; what is not nothing never reads as 0, what is not everything never as 100. */
export function share(part: number): string {
  const percent = part * 100;
  if (percent > 0 && percent < 0.1) return 'less than 0.1 %';
  if (percent < 100 && percent > 99.9) return 'more than 99.9 %';
  return `${Number(percent.toFixed(1))} %`;
}

/** `less than a second`, `0.6 s` (exact), `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Of a time that nobody knows exactly. */
export function about(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 60) return `about ${counted(Math.round(seconds), 'second')}`;
  if (seconds < 3_600) return `about ${counted(Math.round(seconds / 60), 'minute')}`;
  return `about ${counted(Math.round(seconds / 3_600), 'hour')}`;
}

const momentFormat = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
});

/** `22 Nov 2026, 19:04:05 UTC` */
export function moment(at: string | null): string {
  return at === null ? '–' : `${momentFormat.format(new Date(at))} UTC`;
}

export interface Column {
  title: string;
  align?: 'right';
}

/** A table with aligned columns, two spaces between them; numbers stand at the right. */
export function table(columns: readonly (string | Column)[], rows: readonly (readonly string[])[]): string {
  const heads = columns.map((column) => (typeof column === 'string' ? { title: column } : column));
  const widths = heads.map(({ title }, at) => Math.max(...[title, ...rows.map((row) => row[at] ?? '')].map(widthOf)));
  const line = (cells: readonly string[]) =>
    heads
      .map((head, at) => pad(cells[at] ?? '', widths[at] ?? 0, 'align' in head && head.align === 'right'))
      .join('  ')
      .trimEnd();
  return [line(heads.map((head) => head.title)), ...rows.map(line)].join('\n');
}

/** Names and values under each other: `users     18,196`. */
export function facts(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => widthOf(name)));
  return pairs.map(([name, value]) => `${pad(name, width, false)}  ${value}`.trimEnd()).join('\n');
}

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `actionCounts` → `action counts` */
export function inWords(camelCase: string): string {
  return camelCase.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
}

function widthOf(text: string): number {
  return [...text].length;
}
