import { type ClipboardEvent, type KeyboardEvent, useState } from 'react';
import {
  committed,
  entriesOf,
  pasted,
  reopened,
  sameTexts,
  type TextEntries,
  textsOf,
  withAlone,
} from './text-entries.ts';

export interface TextEntering {
  entries: TextEntries;
  type(typed: string): void;
  /** Puts one that was chosen after the others, in place of what was typed to find it. */
  choose(value: string): void;
  removeAt(index: number): void;
  commit(): void;
  onKeyDown(event: KeyboardEvent<HTMLInputElement>): void;
  onPaste(event: ClipboardEvent<HTMLInputElement>): void;
}

/** The texts of a field and the one that is being typed in it, which counts from its first letter on. */
export function useTextEntries(
  values: string[],
  onChange: (values: string[]) => void,
  { isChoice, alone }: { isChoice: boolean; alone: string | undefined },
): TextEntering {
  const [kept, setKept] = useState<TextEntries>({ done: [], typed: '' });
  const entries = sameTexts(textsOf(kept), values) ? kept : entriesOf(values, { isChoice });
  const enter = (next: TextEntries) => {
    const after = withAlone(next, alone);
    setKept(after);
    if (!sameTexts(textsOf(after), values)) onChange(textsOf(after));
  };
  return {
    entries,
    type: (typed) => enter({ ...entries, typed }),
    choose: (value) => enter({ done: [...entries.done.filter((each) => each !== value), value], typed: '' }),
    removeAt: (index) => enter({ ...entries, done: entries.done.toSpliced(index, 1) }),
    commit: () => enter(committed(entries)),
    onKeyDown: (event) => {
      if (event.key === 'Enter' && !event.nativeEvent.isComposing && !event.defaultPrevented) {
        event.preventDefault();
        enter(committed(entries));
      }
      if (event.key === 'Backspace' && entries.typed === '' && entries.done.length > 0) {
        event.preventDefault();
        enter(reopened(entries));
      }
    },
    onPaste: (event) => {
      const next = pasted(entries, event.clipboardData.getData('text/plain'));
      if (!next) return;
      event.preventDefault();
      enter(next);
    },
  };
}
