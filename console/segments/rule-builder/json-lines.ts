const string = /"(?:[^"\\]|\\.)*"/y;

/**
 * The line, from 1, on which each value of a JSON text begins, by its path from `root`: `rule.all.0.value`. The text has to be JSON.
 */
export function linesOfValues(text: string, root: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let at = 0;
  let line = 1;

  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    line += found.split('\n').length - 1;
    return found;
  };
  const skipSpace = () => skip(/[\s,:]*/y);

  const readValue = (path: string): void => {
    lines.set(path, line);
    const first = text[at];
    if (first === '{') readMembers(path, '}', () => JSON.parse(skip(string)));
    else if (first === '[') readMembers(path, ']', (index) => index);
    else skip(first === '"' ? string : /[^\s,\]}]+/y);
  };
  const readMembers = (path: string, end: string, nameAt: (index: number) => string | number): void => {
    at += 1;
    skipSpace();
    for (let index = 0; at < text.length && text[at] !== end; index += 1) {
      const name = nameAt(index);
      skipSpace();
      readValue(`${path}.${name}`);
      skipSpace();
    }
    at += 1;
  };

  skipSpace();
  readValue(root);
  return lines;
}

/** The line of a field that is refused; of one that is missing, the line of what it is missing in. */
export function lineOf(field: string, lines: ReadonlyMap<string, number>): number {
  const line = lines.get(field);
  if (line !== undefined) return line;
  const end = field.lastIndexOf('.');
  return end === -1 ? 1 : lineOf(field.slice(0, end), lines);
}
