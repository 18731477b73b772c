/** What keeps a text from being the number that is asked for. */
export type NumberFault = 'number' | 'wrongNumber' | 'tooPrecise';

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Every decimal of up to 15 digits comes back from a JSON number as it was written. */
const exactDigitsMax = 15;

/**
 * The number that somebody typed, or what is wrong with it: `number` for none, `wrongNumber` for a text that is none, and `tooPrecise` for one
 * that JSON would silently make another of.
 */
export function typedNumber(typed: string): number | NumberFault {
  const text = typed.trim();
  if (text === '') return 'number';
  const value = Number(text);
  if (!decimal.test(text) || !Number.isFinite(value)) return 'wrongNumber';
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '');
  return digits.length <= exactDigitsMax || isWritten(value, text) ? value : 'tooPrecise';
}

/** A number of days or times: whole, from 0 up. */
export function typedWhole(typed: string): number | NumberFault {
  const text = typed.trim();
  if (text === '') return 'number';
  return /^\d{1,15}$/.test(text) ? Number(text) : 'wrongNumber';
}

function isWritten(value: number, text: string): boolean {
  return String(value) === text || (/^-?\d+$/.test(text) && String(BigInt(Math.trunc(value))) === text);
}
