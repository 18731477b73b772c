import type { Json } from '../json.ts';

/** Actions whose events are orders. */
export const orderActions: ReadonlySet<string> = new Set(['Purchase', 'Order Completed']);

/** Properties that an order's value is taken from, the first that holds a number. */
const valueProperties = ['revenue', 'total', 'value'];

/** A decimal number of at most 30 digits before and after the point; money beyond that is a mistake. */
const decimal = /^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?$/;

/**
 * The value of an order as decimal text, or null for an event that is no order. Numbers are never calculated with here: a
 * JSON number is written in its shortest form, numeric text stays as it is.
 */
export function orderValueOf(action: string, properties: Readonly<Record<string, Json>> | undefined): string | null {
  if (!orderActions.has(action)) return null;
  for (const name of valueProperties) {
    const value = properties?.[name];
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
    if (decimal.test(text)) return text;
  }
  return '0';
}
