export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What is missing; the words for each are texts.rules.missing. */
export type Missing =
  | 'rule'
  | 'entry'
  | 'attribute'
  | 'property'
  | 'action'
  | 'identityType'
  | 'segment'
  | 'import'
  | 'text'
  | 'texts'
  | 'number'
  | 'wrongNumber'
  | 'tooPrecise'
  | 'days'
  | 'wrongDays'
  | 'times'
  | 'time'
  | 'period';

/** Something that is missing in a condition, and its field there as the server names it: `value`, `where.0.property`. */
export interface Gap {
  what: Missing;
  at: string;
}

/** Whether two JSON values say the same, whatever the order of their keys. */
export function sameJson(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** JSON by which two values can be compared as texts. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'nothing';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}
