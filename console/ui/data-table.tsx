import { ScrollArea, Table } from '@mantine/core';
import { type ColumnVisibilityState, type RowData, type SortingState, useTable } from '@tanstack/react-table';
import { type KeyboardEvent, type MouseEvent, useState } from 'react';
import classes from './table.module.css';
import { TableCells } from './table-cells.tsx';
import { type Columns, features } from './table-features.ts';
import { TableHead } from './table-head.tsx';

export interface DataTableProps<Row extends RowData> {
  /** What a screen reader calls it. */
  label: string;
  columns: Columns<Row>;
  rows: readonly Row[];
  idOf(row: Row): string;
  /** Enter in a row's link or a double click on it. The first column is a link to the same place. */
  onOpen?(row: Row): void;
  selected?: string | undefined;
  /** A click on a row, or the focus on its link. */
  onSelect?(row: Row): void;
  initialSorting?: SortingState;
  columnVisibility?: ColumnVisibilityState;
  /** Rows of less weight, such as what is disabled. */
  isQuiet?(row: Row): boolean;
  /** Most of the window that it takes; what is longer scrolls inside. */
  height?: string;
}

/** A table that is short enough to be there as a whole: dense, sortable, with a header that stays. Arrow keys go from row to row. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { label, columns, rows, idOf, onOpen, selected, onSelect, isQuiet, columnVisibility = {}, height } = props;
  const [sorting, setSorting] = useState<SortingState>(props.initialSorting ?? []);
  const table = useTable({
    features,
    columns,
    data: rows as Row[],
    getRowId: idOf,
    enableSortingRemoval: false,
    state: { sorting, columnVisibility },
    onSortingChange: setSorting,
  });
  return (
    <ScrollArea.Autosize
      className={classes.frame}
      type="auto"
      offsetScrollbars="present"
      mah={height}
      // What scrolls has to be reachable by keyboard, also where nothing in it is.
      viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': label }}
    >
      <Table className={classes.table} aria-label={label} stickyHeader>
        <TableHead table={table} />
        <Table.Tbody onKeyDown={moveFocus}>
          {table.getRowModel().rows.map((row) => (
            <Table.Tr
              key={row.id}
              data-selected={row.id === selected || undefined}
              data-quiet={isQuiet?.(row.original) || undefined}
              onClick={onSelect ? focusLink : undefined}
              onFocus={() => onSelect?.(row.original)}
              onDoubleClick={() => onOpen?.(row.original)}
            >
              <TableCells table={table} row={row} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

/** A click anywhere in a row focuses its link, which selects it: Enter then opens what was clicked. */
function focusLink(event: MouseEvent<HTMLElement>): void {
  if (event.target instanceof Element && event.target.closest('a, button, input')) return;
  event.currentTarget.querySelector<HTMLElement>('a, button')?.focus({ preventScroll: true });
}

/** Up and down, from the link of a row to that of the next. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = (event.target as HTMLElement).closest('tr');
  if (step === undefined || !row || (event.target as HTMLElement).matches('input, textarea, select')) return;
  const next = (step === 1 ? row.nextElementSibling : row.previousElementSibling)?.querySelector<HTMLElement>(
    'a, button',
  );
  if (!next) return;
  event.preventDefault();
  next.focus();
}
