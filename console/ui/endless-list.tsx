import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './endless-list.module.css';
import { readingPlace, useKeyAt } from './reading-place.ts';

const lineHeightPx = 37;
/** Lines beyond the window that are drawn as well, so that a quick scroll shows no gap. */
const overscanLines = 12;
/** Distance from the end, in lines, at which the next page is asked for. */
const reachLines = 60;

export interface EndlessListProps<Item> {
  label: string;
  /** What has been read so far, in order. */
  items: readonly Item[];
  /** How many there are in all, where that is known. */
  total: number | undefined;
  idOf(item: Item): string;
  /** A line of any height, which may change. */
  children(item: Item): ReactNode;
  hasMore?: boolean;
  isLoadingMore?: boolean;
  loadMore?(): void;
}

/** A list of any length whose lines open to different heights: draws what is in view and reads on when the end comes near. */
export function EndlessList<Item>(props: EndlessListProps<Item>) {
  const { label, items, total, idOf, children, hasMore = false, isLoadingMore = false, loadMore } = props;
  const frame = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => lineHeightPx,
    overscan: overscanLines,
    anchorTo: readingPlace(frame),
    getItemKey: useKeyAt(items, idOf),
  });
  const drawn = virtualizer.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoadingMore && last >= items.length - reachLines) loadMore?.();
  }, [hasMore, isLoadingMore, last, items.length, loadMore]);
  const paddingTop = drawn[0]?.start ?? 0;
  const paddingBottom = virtualizer.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard.
    <section ref={frame} className={classes.window} tabIndex={0} aria-label={label}>
      <ol className={classes.list} style={{ paddingTop, paddingBottom }} aria-label={label}>
        {drawn.flatMap(({ index, key }) => {
          const item = items[index];
          if (item === undefined) return [];
          return (
            <li
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              aria-setsize={total ?? -1}
              aria-posinset={index + 1}
              className={classes.line}
            >
              {children(item)}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
