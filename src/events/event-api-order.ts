import type { Json } from '../json.ts';

type Fields = Record<string, Json>;

/**
 * What the order of an Event API event adds to its properties: `total`, `revenue`, `value`, `orderId` and `currency`, which rules
 * and the value of an order (order-value.ts) look at, and the order itself as it came. The described system puts an order under the
 * type of its items (`{"Product": {"totalValue": 59.9}}`); one without that level is taken as well. A total that is absent is the
 * sum of price times quantity of the lines. An empty order says nothing.
 */
export function orderProperties(order: Fields): Fields {
  if (Object.keys(order).length === 0) return {};
  const inner = Object.values(order).find((each) => isObject(each) && isOrder(each));
  const found = isOrder(order) || !isObject(inner) ? order : inner;
  const properties: Fields = { order };
  for (const name of ['orderId', 'currency', 'revenue', 'total', 'value']) {
    const value = found[name];
    if (value !== undefined && value !== null) properties[name] = value;
  }
  const total = found.total ?? found.totalValue ?? sumOfLines(found.lineItems);
  if (total !== undefined && total !== null) properties.total = total;
  return properties;
}

const namesOfAnOrder = ['orderId', 'totalValue', 'total', 'revenue', 'value', 'lineItems'];

function isOrder(fields: Fields): boolean {
  return namesOfAnOrder.some((name) => Object.hasOwn(fields, name));
}

/** Undefined where a line has no price that is a number: half a sum would be taken for the whole. */
function sumOfLines(lines: Json | undefined): number | undefined {
  if (!Array.isArray(lines) || lines.length === 0) return undefined;
  let sum: Decimal = { digits: 0n, places: 0 };
  for (const line of lines) {
    if (!isObject(line)) return undefined;
    const price = decimalOf(line.price);
    const quantity = decimalOf(line.quantity ?? 1);
    if (!price || !quantity) return undefined;
    sum = plus(sum, { digits: price.digits * quantity.digits, places: price.places + quantity.places });
  }
  return Number(`${sum.digits}e-${sum.places}`);
}

/** A decimal number as its digits and how many of them stand behind the point: money is never added as floating point. */
interface Decimal {
  digits: bigint;
  places: number;
}

function decimalOf(value: Json | undefined): Decimal | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const [, whole, behind = ''] = /^([+-]?\d{1,30})(?:\.(\d{1,30}))?$/.exec(text) ?? [];
  return whole === undefined ? undefined : { digits: BigInt(whole + behind), places: behind.length };
}

function plus(a: Decimal, b: Decimal): Decimal {
  const places = Math.max(a.places, b.places);
  const scaled = ({ digits, places: own }: Decimal) => digits * 10n ** BigInt(places - own);
  return { digits: scaled(a) + scaled(b), places };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
