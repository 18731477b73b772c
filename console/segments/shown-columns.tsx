import { Button, Menu } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconColumns } from '@tabler/icons-react';
import { texts } from '../texts/texts.ts';
import { type OptionalColumn, optionalColumns } from './segment-columns.tsx';

const hiddenAtFirst: OptionalColumn[] = ['folder'];

/** The hidden columns of the list, as this browser keeps them; what is kept and is no column is not one. */
export function useHiddenColumns() {
  return useLocalStorage<OptionalColumn[]>({
    key: 'lethe.segments.hidden-columns',
    defaultValue: hiddenAtFirst,
    getInitialValueInEffect: false,
    deserialize: readHiddenColumns,
  });
}

function readHiddenColumns(text: string | undefined): OptionalColumn[] {
  try {
    const kept: unknown = JSON.parse(text ?? '');
    return Array.isArray(kept) ? optionalColumns.filter((column) => kept.includes(column)) : hiddenAtFirst;
  } catch {
    return hiddenAtFirst;
  }
}

export interface ColumnsMenuProps {
  hidden: readonly OptionalColumn[];
  onChange(hidden: OptionalColumn[]): void;
}

/** Shows and hides columns. */
export function ColumnsMenu({ hidden, onChange }: ColumnsMenuProps) {
  const { list } = texts.segments;
  const toggle = (column: OptionalColumn) =>
    onChange(hidden.includes(column) ? hidden.filter((other) => other !== column) : [...hidden, column]);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconColumns size={15} aria-hidden />} visibleFrom="sm">
          {list.columns}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {optionalColumns.map((column) => (
          <Menu.CheckboxItem key={column} checked={!hidden.includes(column)} onChange={() => toggle(column)}>
            {column === 'changes' ? list.changesInMenu : list[column]}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
