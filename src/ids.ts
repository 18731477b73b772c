import { randomInt } from 'node:crypto';

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A random id of letters and digits: `newId(12, 'del')` → `del_8hQ2…`. Unguessable from 16 characters up. */
export function newId(length: number, prefix?: string): string {
  const random = Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
  return prefix ? `${prefix}_${random}` : random;
}
