/** What somebody typed as a number of users: digits, grouped in whatever way people group them; undefined when it is no number. */
export function readNumber(typed: string): number | undefined {
  const digits = typed.trim().replace(/[\s.,'’_]/g, '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}
