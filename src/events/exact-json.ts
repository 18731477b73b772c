/**
 * Reads JSON so that no number is changed: one with more digits than a number can hold (an order number of 20 digits, say) becomes
 * the text that was written. Throws SyntaxError for what is no JSON.
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Nearly always no number is long enough.
  if (!longNumber.test(text)) return value;
  // Put into quotes, and not by a reviver: that one calls itself, and what is nested deeply would exhaust its stack.
  return JSON.parse(text.replace(textOrNumber, (part) => (isChanged(part) ? `"${part}"` : part)));
}

/** What may be a number of more than 15 digits, or one that is too small. Not `e123` alone: nearly every UUID has such a part. */
const longNumber = /[\d.]{16}|[[:,]\s*-?\d[\d.]*[eE][+-]?\d{3}/;

const textOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A number that is too large for any stays one, and is refused as such. */
function isChanged(part: string): boolean {
  return !part.startsWith('"') && Number.isFinite(Number(part)) && !holdsExactly(Number(part), part);
}

/** Whether a number is what its text says. Fifteen significant digits survive in a double; beyond them it depends on the number. */
export function holdsExactly(number: number, text: string): boolean {
  if (!Number.isFinite(number)) return false;
  const digits = significantDigits(text);
  return digits.length <= 15 ? number !== 0 || digits === '' : digits === significantDigits(String(number));
}

function significantDigits(text: string): string {
  const [mantissa = ''] = text.toLowerCase().split('e');
  return mantissa.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
}
