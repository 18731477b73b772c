import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactTable, RowData } from '@tanstack/react-table';
import classes from './table.module.css';
import type { Features } from './table-features.ts';

/** The names of the columns, as buttons where a column can be sorted by. */
export function TableHead<Row extends RowData>({ table }: { table: ReactTable<Features, Row> }) {
  return (
    <Table.Thead>
      {table.getHeaderGroups().map((group) => (
        <Table.Tr key={group.id}>
          {group.headers.map((header) => {
            const { column } = header;
            const { meta } = column.columnDef;
            const sorted = column.getIsSorted();
            const name = <table.FlexRender header={header} />;
            return (
              <Table.Th
                key={header.id}
                scope="col"
                w={meta?.width}
                data-numeric={meta?.numeric}
                data-wide={meta?.wide}
                aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
              >
                {column.getCanSort() ? (
                  <UnstyledButton className={classes.sort} onClick={column.getToggleSortingHandler()}>
                    {name}
                    {sorted === 'asc' && <IconArrowUp size={13} aria-hidden />}
                    {sorted === 'desc' && <IconArrowDown size={13} aria-hidden />}
                  </UnstyledButton>
                ) : (
                  name
                )}
              </Table.Th>
            );
          })}
        </Table.Tr>
      ))}
    </Table.Thead>
  );
}
