/**
 * Reads JSON so that no number is changed: one with more digits than a number can hold (an order number of 20 digits, say) becomes
 * the text that was written. Throws SyntaxError for what is no JSON.
 */
export function parseExactly(text: string): unknown {
  // Nearly always no number is long enough, and then the quick way does.
  return longNumber.test(text) ? JSON.parse(text, textForLongNumber) : JSON.parse(text);
}

/** What may be a number of more than 15 digits, or one that is too small. */
const longNumber = /[\d.]{16}|[eE][+-]?\d{3}/;

function textForLongNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || !Number.isFinite(value)) return value;
  return holdsExactly(value, source) ? value : source;
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
