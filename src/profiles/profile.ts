/** A profile's own id as people and programs see it: `usr_` and its number. */
export function publicId(no: number): string {
  return `usr_${no}`;
}

/** The number in a public id, or undefined when the text is none: `usr_17` → 17. */
export function profileNoOf(text: string): number | undefined {
  if (!/^usr_[1-9]\d{0,15}$/.test(text)) return undefined;
  const no = Number(text.slice(4));
  return Number.isSafeInteger(no) ? no : undefined;
}
