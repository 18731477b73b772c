import { type RefObject, useCallback } from 'react';

/**
 * Where a list stays when it changes above what is in view. Whoever is at its beginning sees what comes there; whoever has scrolled on
 * keeps the lines in view where they are.
 */
export function readingPlace(frame: RefObject<HTMLElement | null>): 'start' | 'end' {
  // Counted from its end, the list keeps its place whatever comes or goes before it.
  return (frame.current?.scrollTop ?? 0) > 0 ? 'end' : 'start';
}

/** What tells the lines of a list apart, by their place. The same as long as the list is: with another one all of it is measured anew. */
export function useKeyAt<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
): (index: number) => string | number {
  return useCallback(
    (index: number) => {
      const item = items[index];
      return item === undefined ? index : idOf(item);
    },
    [items, idOf],
  );
}
