/** What somebody pasted, a user a line, each once; without the quotes and commas that tables and lists bring along. */
export function identitiesIn(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) =>
    line
      .trim()
      .replace(/[,;]$/, '')
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
  return [...new Set(lines.filter((line) => line !== ''))];
}
