import type { Json } from '../../src/json.ts';

/** A value that is written into a JSON text as these signs, whether they are JSON or not; they hold no quote. */
export function raw(signs: string): string {
  return `@raw:${signs}@`;
}

/** A JSON text, with what `raw` made as it is. */
export function textOf(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"@raw:([^"@]*)@"/g, (_, signs: string) => signs);
}

/**
 * Reads a JSON text as the product promises to: a number that a double cannot hold is the text that was written. It shares nothing with
 * the product's own reading.
 */
export function readJson(text: string): unknown {
  return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || !Number.isFinite(value)) return value;
    return decimal(String(value)) === decimal(source) ? value : source;
  });
}

/** One form for all ways to write the same decimal number. */
function decimal(text: string): string {
  const [, sign = '', whole = '', behind = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${behind}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(power) - behind.length + (digits.length - significant.length)}`;
}

/** The same text for the same JSON value, whatever the order of its keys. */
export function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'nothing';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join()}}`;
}
