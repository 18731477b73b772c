import { Group, Select, Switch, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import classes from './segment.module.css';
import type { OptionalColumn } from './segment-columns.tsx';
import type { SegmentsSearch } from './segment-routes.tsx';
import { ColumnsMenu } from './shown-columns.tsx';

export interface ListToolbarProps {
  dataset: string;
  folders: readonly string[];
  search: string;
  onSearch(search: string): void;
  hidden: readonly OptionalColumn[];
  onHide(hidden: OptionalColumn[]): void;
}

/** Narrows the list. Folder and Show Disabled stand in the address, so that what one sees can be shared. */
export function ListToolbar({ dataset, folders, search, onSearch, hidden, onHide }: ListToolbarProps) {
  const { list } = texts.segments;
  const { showDisabled = false } = useSearch({ from: '/signed-in/datasets/$ds/segments' });
  const navigate = useNavigate();
  const show = (change: (search: SegmentsSearch) => SegmentsSearch) =>
    void navigate({ to: '/datasets/$ds/segments', params: { ds: dataset }, search: change, replace: true });
  return (
    <Group gap="sm" align="end">
      <TextInput
        className={classes.search}
        label={list.search}
        placeholder={list.searchHint}
        leftSection={<IconSearch size={16} aria-hidden />}
        type="search"
        autoComplete="off"
        spellCheck={false}
        value={search}
        onChange={({ currentTarget }) => onSearch(currentTarget.value)}
      />
      <FolderChoice folders={folders} onChoose={(folder) => show((now) => withFolder(now, folder))} />
      <Switch
        className={classes.beside}
        label={list.showDisabled}
        checked={showDisabled}
        onChange={({ currentTarget: { checked } }) =>
          show(({ showDisabled: _, ...rest }) => (checked ? { ...rest, showDisabled: true } : rest))
        }
      />
      <ColumnsMenu hidden={hidden} onChange={onHide} />
    </Group>
  );
}

function FolderChoice({ folders, onChoose }: { folders: readonly string[]; onChoose(folder: string | null): void }) {
  const { list } = texts.segments;
  const { folder } = useSearch({ from: '/signed-in/datasets/$ds/segments' });
  // A folder of the address that has no segment any more is still what is shown.
  const named = folder === undefined || folder === '' || folders.includes(folder) ? [] : [folder];
  if (folders.length === 0 && folder === undefined) return null;
  return (
    <Select
      className={classes.folder}
      label={list.folder}
      placeholder={list.allFolders}
      clearable
      clearButtonProps={{ 'aria-label': list.allFolders }}
      data={[
        ...[...folders, ...named].map((name) => ({ value: `/${name}`, label: name })),
        { value: '/', label: list.noFolder },
      ]}
      value={folder === undefined ? null : `/${folder}`}
      onChange={(value) => onChoose(value === null ? null : value.slice(1))}
    />
  );
}

function withFolder({ folder: _, ...rest }: SegmentsSearch, folder: string | null): SegmentsSearch {
  return folder === null ? rest : { ...rest, folder };
}
