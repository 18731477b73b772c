import { Table } from '@mantine/core';
import { type ReactTable, type RowData, type Row as TableRow, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, memo, type ReactNode, type RefObject, useEffect, useMemo, useRef } from 'react';
import { moveFocus } from './data-table.tsx';
import { readingPlace, useKeyAt } from './reading-place.ts';
import classes from './table.module.css';
import { TableCells } from './table-cells.tsx';
import { type Columns, type Features, features } from './table-features.ts';
import { TableHead } from './table-head.tsx';

const rowHeightPx = 37;
/** What the first row is to a screen reader: the head is 1. */
const firstRowIndex = 2;
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
  const open = ({ target }: MouseEvent) => {
    const row = rows[indexOf(target as Element)];
    if (row !== undefined) onOpen?.(row);
  };
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
        <Table.Tbody onKeyDown={moveFocus} onDoubleClick={open}>
          <Space height={before} />
          {table.getRowModel().rows.map((row, n) => (
            <EndlessRow key={row.id} table={table} row={row} columns={columns} index={first + n} />
          ))}
          <Space height={after} />
        </Table.Tbody>
      </Table>
    </section>
  );
}

interface EndlessRowProps<Row extends RowData> {
  table: ReactTable<Features, Row>;
  row: TableRow<Features, Row>;
  columns: Columns<Row>;
  /** Its place in the list, from 0. */
  index: number;
}

/** While one scrolls, a row that stays in view is not drawn again: the table makes its rows anew, of the same things. */
const EndlessRow = memo(
  function EndlessRow<Row extends RowData>({ table, row, index }: EndlessRowProps<Row>) {
    return (
      <Table.Tr aria-rowindex={index + firstRowIndex} h={rowHeightPx}>
        <TableCells table={table} row={row} />
      </Table.Tr>
    );
  },
  (before, now) =>
    before.row.original === now.row.original && before.index === now.index && before.columns === now.columns,
) as <Row extends RowData>(props: EndlessRowProps<Row>) => ReactNode;

/** The place of the row that an element stands in; -1 where that is none of the list. */
function indexOf(element: Element): number {
  return Number(element.closest('tr')?.getAttribute('aria-rowindex') ?? 1) - firstRowIndex;
}

interface View {
  /** The rows that are drawn, by their place in the list. */
  first: number;
  last: number;
  /** Heights of what is not drawn, in pixels. */
  before: number;
  after: number;
}

type Reading<Row extends RowData> = Pick<
  EndlessTableProps<Row>,
  'rows' | 'idOf' | 'hasMore' | 'isLoadingMore' | 'loadMore'
>;

/** What of the list is in view; reads on before its end is. */
function useView<Row extends RowData>(frame: RefObject<HTMLElement | null>, props: Reading<Row>): View {
  const { rows, idOf, hasMore, isLoadingMore, loadMore } = props;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeightPx,
    overscan: overscanRows,
    anchorTo: readingPlace(frame),
    getItemKey: useKeyAt(rows, idOf),
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
