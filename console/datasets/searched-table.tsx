import { Text, TextInput } from '@mantine/core';
import type { RowData } from '@tanstack/react-table';
import { useState } from 'react';
import { texts } from '../texts/texts.ts';
import { DataTable } from '../ui/data-table.tsx';
import type { Columns } from '../ui/table-features.ts';
import classes from './datasets.module.css';

/** Rows up to which nobody needs a search. */
const overviewRows = 15;
/** Rows that are drawn at once; names come from outside, and there may be thousands. */
const shownMax = 200;

export interface SearchedTableProps<Row extends RowData> {
  label: string;
  columns: Columns<Row>;
  rows: readonly Row[];
  nameOf(row: Row): string;
}

/** A table of things that have names, with a search by name where it is long. */
export function SearchedTable<Row extends RowData>({ label, columns, rows, nameOf }: SearchedTableProps<Row>) {
  const [search, setSearch] = useState('');
  const sought = search.trim().toLowerCase();
  const found = rows.filter((row) => nameOf(row).toLowerCase().includes(sought));
  const shown = found.slice(0, shownMax);
  const { settings } = texts.datasets;
  return (
    <>
      {rows.length > overviewRows && (
        <TextInput
          className={classes.search}
          aria-label={settings.search}
          placeholder={settings.search}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      )}
      {shown.length > 0 ? (
        <DataTable label={label} columns={columns} rows={shown} idOf={nameOf} />
      ) : (
        <Text size="sm">{texts.table.nothingFound}</Text>
      )}
      {shown.length < found.length && (
        <Text size="sm" c="dimmed">
          {settings.shown(shown.length, found.length)}
        </Text>
      )}
    </>
  );
}
