import { Table } from '@mantine/core';
import type { ReactTable, Row, RowData } from '@tanstack/react-table';
import type { Features } from './table-features.ts';

/** The cells of a row, aligned as their columns are. */
export function TableCells<Data extends RowData>(props: {
  table: ReactTable<Features, Data>;
  row: Row<Features, Data>;
}) {
  const { table, row } = props;
  return row.getVisibleCells().map((cell) => {
    const { meta } = cell.column.columnDef;
    return (
      <Table.Td key={cell.id} data-numeric={meta?.numeric} data-wide={meta?.wide}>
        <table.FlexRender cell={cell} />
      </Table.Td>
    );
  });
}
