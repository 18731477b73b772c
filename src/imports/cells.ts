import { holdsExactly } from '../events/exact-json.ts';
import type { Json } from '../events/message.ts';

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * What a cell of `properties.*`, `traits.*` or `attribute:*` is: exactly a JSON number without leading zeros, or `true` or
 * `false`, is that; everything else is text as written. A number with more digits than a number can hold (a long card or order
 * number, say) stays text as well, because it would be changed.
 */
export function readCell(cell: string): Json {
  if (cell === 'true') return true;
  if (cell === 'false') return false;
  if (!jsonNumber.test(cell)) return cell;
  const number = Number(cell);
  return holdsExactly(number, cell) ? number : cell;
}
