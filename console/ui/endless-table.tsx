import { Table } from '@mantine/core';
import { type RowData, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useMemo, useRef } from 'react';
import { moveFocus } from './data-table.tsx';
import classes from './table.module.css';
import { TableCells } from './table-cells.tsx';
import { type Columns, features } from './table-features.ts';
import { TableHead } from './table-head.tsx';

const rowHeightPx = 37;
/** Rows beyond the window that are drawn as well, so that a quick scroll shows no gap. */
const overscanRows = 12;
/** Distance from the end, in rows, at which the next page is asked for. */
const reachRows = 60;

export interface EndlessTableProps<Row extends RowData> {
  label: string;
  columns: Columns<Row>;
  /** What has been read so far, in order. */
  rows: readonly Row[];
  /** How many there are in all, where that is known. */
  total: number | undefined;
  idOf(row: Row): string;
  onOpen?(row: Row): void;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): void;
  /** Height of the window; the list behind it may be of any length. */
  height?: string;
  /** Where there is less room the table scrolls sideways, in pixels. */
  minWidth?: number;
}

/** A table of any length: draws what is in view and reads on when the end comes near. */
export function EndlessTable<Row extends RowData>(props: EndlessTableProps<Row>) {
  const { label, columns, rows, total, idOf, onOpen, height = '62vh', minWidth } = props;
  const frame = useRef<HTMLDivElement>(null);
  const { first, last, before, after } = useView(frame, props);
  // The table knows only what is drawn: its own work does not grow with what has been read.
  const inView = useMemo(() => rows.slice(first, last + 1), [rows, first, last]);
  const table = useTable({ features, columns, data: inView, getRowId: idOf, enableSorting: false });
  return (
    <section
      ref={frame}
      className={`${classes.frame} ${classes.window}`}
      style={{ maxHeight: height }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard.
      tabIndex={0}
      aria-label={label}
    >
      <Table
        className={classes.table}
        miw={minWidth}
        stickyHeader
        aria-label={label}
        aria-rowcount={total === undefined ? -1 : total + 1}
      >
        <TableHead table={table} />
        <Table.Tbody onKeyDown={moveFocus}>
          <Space height={before} />
          {table.getRowModel().rows.map((row, n) => (
            <Table.Tr
              key={row.id}
              aria-rowindex={first + n + 2}
              h={rowHeightPx}
              onDoubleClick={() => onOpen?.(row.original)}
            >
              <TableCells table={table} row={row} />
            </Table.Tr>
          ))}
          <Space height={after} />
        </Table.Tbody>
      </Table>
    </section>
  );
}

interface View {
  /** The rows that are drawn, by their place in the list. */
  first: number;
  last: number;
  /** Heights of what is not drawn, in pixels. */
  before: number;
  after: number;
}

type Reading = Pick<EndlessTableProps<RowData>, 'rows' | 'hasMore' | 'isLoadingMore' | 'loadMore'>;

/** What of the list is in view; reads on before its end is. */
function useView(frame: RefObject<HTMLElement | null>, { rows, hasMore, isLoadingMore, loadMore }: Reading): View {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeightPx,
    overscan: overscanRows,
  });
  const drawn = virtualizer.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoadingMore && last >= rows.length - reachRows) loadMore();
  }, [hasMore, isLoadingMore, last, rows.length, loadMore]);
  return {
    first: drawn[0]?.index ?? 0,
    last,
    before: drawn[0]?.start ?? 0,
    after: virtualizer.getTotalSize() - (drawn.at(-1)?.end ?? 0),
  };
}

/** Stands for the rows that are not drawn. */
function Space({ height }: { height: number }) {
  return height <= 0 ? null : <tr className={classes.space} aria-hidden style={{ height }} />;
}
