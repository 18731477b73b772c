import { Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import type { ListChange, Outcome } from '../../src/segments/list-users.ts';
import { texts } from '../texts/texts.ts';
import { EndlessTable } from '../ui/endless-table.tsx';
import { columnsOf } from '../ui/table-features.ts';

type Named = ListChange['items'][number];

const column = columnsOf<Named>();
const columns = [
  column.accessor('id', { header: texts.segments.adding.line }),
  column.accessor(({ outcome }) => texts.segments.adding.outcomeOf[outcome], {
    id: 'outcome',
    header: texts.segments.adding.outcome,
    meta: { width: 180 },
  }),
];

/** First those that need a second look. */
const order: readonly Outcome[] = ['unknown', 'alreadyIn', 'added', 'removed', 'notIn'];

export interface UserOutcomesProps {
  change: ListChange;
  onAgain(): void;
  onClose(): void;
}

/** What became of each user that was named. */
export function UserOutcomes({ change: { items }, onAgain, onClose }: UserOutcomesProps) {
  const { adding } = texts.segments;
  const summary = useRef<HTMLParagraphElement>(null);
  useEffect(() => summary.current?.focus(), []);
  const rows = useMemo(() => items.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome)), [items]);
  const number = (outcome: Outcome) => items.filter((item) => item.outcome === outcome).length;
  return (
    <Stack>
      <Text size="sm" tabIndex={-1} ref={summary}>
        {adding.summary(number('added'), number('alreadyIn'), number('unknown'))}
      </Text>
      <EndlessTable
        label={adding.outcomes}
        columns={columns}
        rows={rows}
        total={rows.length}
        idOf={({ id }) => id}
        hasMore={false}
        isLoadingMore={false}
        loadMore={() => {}}
        minWidth={300}
        height="40vh"
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onAgain}>
          {adding.again}
        </Button>
        <Button onClick={onClose}>{texts.actions.close}</Button>
      </Group>
    </Stack>
  );
}
