import {
  type CellData,
  type ColumnDef,
  columnVisibilityFeature,
  createColumnHelper,
  createSortedRowModel,
  metaHelper,
  type RowData,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  sortFn_datetime,
  sortFn_text,
  tableFeatures,
} from '@tanstack/react-table';

interface ColumnMeta {
  /** Right-aligned, as every number is. */
  numeric?: true;
  /** Width in pixels; other columns share what is left. */
  width?: number;
  /** Left out where the window is narrow. */
  wide?: true;
}

/** What tables of the console can do: sort, and show the columns that the reader wants. */
export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic, datetime: sortFn_datetime, text: sortFn_text },
  columnVisibilityFeature,
  columnMeta: metaHelper<ColumnMeta>(),
});

export type Features = typeof features;

/** The columns of a table of these rows; a header is text. */
export function columnsOf<Row extends RowData>() {
  return createColumnHelper<Features, Row>();
}

// biome-ignore lint/suspicious/noExplicitAny: columns of one table have values of different types, which the library says so.
export type Columns<Row extends RowData> = ColumnDef<Features, Row, any & CellData>[];
