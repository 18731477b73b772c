import { Anchor, Stack, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { texts } from '../texts/texts.ts';
import { DataTable } from '../ui/data-table.tsx';
import { ListToolbar } from './list-toolbar.tsx';
import { filterSegments, foldersOf, type ListedSegment } from './listed-segments.ts';
import classes from './segment.module.css';
import { segmentColumns } from './segment-columns.tsx';
import { SegmentPane } from './segment-pane.tsx';
import { useHiddenColumns } from './shown-columns.tsx';

export interface SegmentListProps {
  dataset: string;
  segments: readonly ListedSegment[];
}

/** The table with what narrows it, and the pane of the selected segment below. */
export function SegmentList({ dataset, segments }: SegmentListProps) {
  const { folder } = useSearch({ from: '/signed-in/datasets/$ds/segments' });
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const [selectedId, select] = useState<string>();
  const [hidden, setHidden] = useHiddenColumns();
  const columns = useMemo(() => segmentColumns(dataset), [dataset]);
  const shown = useMemo(() => filterSegments(segments, { search, folder }), [segments, search, folder]);
  const selected = shown.find(({ id }) => id === selectedId);
  const open = ({ id }: ListedSegment) =>
    void navigate({ to: '/datasets/$ds/segments/$id', params: { ds: dataset, id } });
  return (
    <Stack gap="sm">
      <ListToolbar
        dataset={dataset}
        folders={foldersOf(segments)}
        search={search}
        onSearch={setSearch}
        hidden={hidden}
        onHide={setHidden}
      />
      <Text size="sm" c="dimmed" role="status">
        {texts.segments.list.found(shown.length, segments.length)}
      </Text>
      {shown.length === 0 ? (
        <NothingShown dataset={dataset} allDisabled={segments.length === 0} onShowAll={() => setSearch('')} />
      ) : (
        <DataTable
          label={texts.segments.list.label}
          columns={columns}
          rows={shown}
          idOf={({ id }) => id}
          initialSorting={[{ id: 'name', desc: false }]}
          columnVisibility={Object.fromEntries(hidden.map((column) => [column, false]))}
          isQuiet={({ enabled }) => !enabled}
          selected={selected?.id}
          onSelect={({ id }) => select(id)}
          onOpen={open}
          height="max(260px, calc(100vh - 480px))"
        />
      )}
      {selected && <SegmentPane dataset={dataset} segment={selected} key={selected.id} />}
      {!selected && shown.length > 0 && <div className={classes.hint}>{texts.segments.list.select}</div>}
    </Stack>
  );
}

interface NothingShownProps {
  dataset: string;
  allDisabled: boolean;
  onShowAll(): void;
}

/** Why the table is empty, and the way out. */
function NothingShown({ dataset, allDisabled, onShowAll }: NothingShownProps) {
  const { list } = texts.segments;
  const link = {
    to: '/datasets/$ds/segments',
    params: { ds: dataset },
    search: allDisabled ? { showDisabled: true } : {},
  } as const;
  return (
    <div className={classes.hint}>
      {allDisabled ? list.allDisabled : list.nothingFound}{' '}
      <Anchor size="sm" onClick={onShowAll} renderRoot={(props) => <Link {...props} {...link} />}>
        {allDisabled ? list.showDisabled : list.showAll}
      </Anchor>
    </div>
  );
}
