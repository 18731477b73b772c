import { Button, Stack } from '@mantine/core';
import { useDisclosure, useId } from '@mantine/hooks';
import { useMemo } from 'react';
import type { SegmentDay } from '../../src/segments/history.ts';
import { texts } from '../texts/texts.ts';
import { EndlessTable } from '../ui/endless-table.tsx';
import { utcDay } from '../ui/moments.ts';
import { count } from '../ui/numbers.ts';
import { columnsOf } from '../ui/table-features.ts';
import classes from './segment.module.css';

const { membership } = texts.segments;
const column = columnsOf<SegmentDay>();
const columns = [
  column.accessor(({ day }) => utcDay(day), { id: 'day', header: membership.day }),
  column.accessor(({ joined }) => count(joined), { id: 'joined', header: membership.joined, meta: { numeric: true } }),
  column.accessor(({ left }) => count(left), { id: 'left', header: membership.left, meta: { numeric: true } }),
  column.accessor(({ deleted }) => count(deleted), {
    id: 'deleted',
    header: membership.deleted,
    meta: { numeric: true },
  }),
];

/** The days of the chart as a table, the newest first. */
export function MembershipDays({ days }: { days: readonly SegmentDay[] }) {
  const [opened, { toggle }] = useDisclosure();
  const id = useId();
  const newestFirst = useMemo(() => days.toReversed(), [days]);
  return (
    <Stack gap="xs" align="flex-start">
      <Button variant="default" size="xs" onClick={toggle} aria-expanded={opened} aria-controls={id}>
        {opened ? membership.hideTable : membership.showTable}
      </Button>
      <div id={id} className={classes.whole} hidden={!opened}>
        {opened && (
          <EndlessTable
            label={membership.table}
            columns={columns}
            rows={newestFirst}
            total={days.length}
            idOf={({ day }) => day}
            hasMore={false}
            isLoadingMore={false}
            loadMore={() => {}}
            minWidth={300}
            height="50vh"
          />
        )}
      </div>
    </Stack>
  );
}
