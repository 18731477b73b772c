import { cellOf } from './identity-list.ts';
import type { Line } from './request-calls.ts';

/** The outcome of each line as CSV, with Lethe's id of the user where there was one. */
export function csvOfLines(lines: readonly (Line & { outcome: string })[]): string {
  const rows = lines.map(({ line, identity, outcome, user }) => [String(line), identity, outcome, user?.id ?? '']);
  return [['line', 'identity', 'outcome', 'user'], ...rows]
    .map((cells) => `${cells.map(cellOf).join(',')}\r\n`)
    .join('');
}

/** For the name of a file: the reader's day, 2026-11-22. */
export function today(now: Date = new Date()): string {
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}
