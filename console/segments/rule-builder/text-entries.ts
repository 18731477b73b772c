/** Texts as they are entered: those that are there, and the one that is being typed, which counts as well. */
export interface TextEntries {
  done: string[];
  typed: string;
}

export function textsOf({ done, typed }: TextEntries): string[] {
  return typed === '' ? done : [...done, typed];
}

/** How texts that came from elsewhere are shown: a single one stays in the field, to go on typing in it. */
export function entriesOf(texts: string[], { isChoice }: { isChoice: boolean }): TextEntries {
  const [only] = texts;
  if (!isChoice && texts.length === 1 && only) return { done: [], typed: only };
  return { done: texts, typed: '' };
}

/** What is being typed is done. */
export function committed({ done, typed }: TextEntries): TextEntries {
  return { done: typed === '' || done.includes(typed) ? done : [...done, typed], typed: '' };
}

/** Lines of a column that was copied elsewhere, each a text; undefined for what belongs into the line that is being typed. */
export function pasted({ done, typed }: TextEntries, text: string): TextEntries | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  if (lines.length < 2) return undefined;
  return { done: [...new Set([...done, ...(typed === '' ? [] : [typed]), ...lines])], typed: '' };
}

/** The last one, to be typed on; what is left after it stays. */
export function reopened({ done }: TextEntries): TextEntries {
  return { done: done.slice(0, -1), typed: done.at(-1) ?? '' };
}

/** Whichever came last of a value that stands by itself, and the others. */
export function withAlone(entries: TextEntries, alone: string | undefined): TextEntries {
  if (alone === undefined || !entries.done.includes(alone) || textsOf(entries).length === 1) return entries;
  if (entries.typed === '' && entries.done.at(-1) === alone) return { done: [alone], typed: '' };
  return { ...entries, done: entries.done.filter((each) => each !== alone) };
}

export function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
