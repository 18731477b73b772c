import { Anchor, Group, Text } from '@mantine/core';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { localExactMoment } from '../ui/moments.ts';
import { columnsOf } from '../ui/table-features.ts';
import type { AuditRow } from './audit-queries.ts';
import { nameOfObject } from './object-name.ts';

const words = texts.audit;
const column = columnsOf<AuditRow>();

export interface AuditColumns {
  /** Of members and tokens by id. */
  names: ReadonlyMap<string, string>;
  onOpen(entry: AuditRow): void;
}

export function columnsOfAudits({ names, onOpen }: AuditColumns) {
  return [
    column.accessor('at', {
      header: words.when,
      meta: { width: 190 },
      cell: ({ getValue, row: { original } }) => (
        <Anchor
          component="button"
          size="sm"
          aria-label={words.openOf(wordsOfAction(original.action), localExactMoment(getValue()))}
          onClick={() => onOpen(original)}
        >
          <Moment at={getValue()} as="exact" />
        </Anchor>
      ),
    }),
    column.accessor('action', { header: words.action, cell: ({ getValue }) => wordsOfAction(getValue()) }),
    column.accessor((entry) => nameOfObject(entry, names), {
      id: 'object',
      header: words.object,
      cell: ({ getValue, row }) => (
        <Group gap={6} wrap="nowrap">
          <Text size="xs" c="dimmed">
            {words.objects[row.original.object.kind] ?? row.original.object.kind}
          </Text>
          <Text size="sm" truncate>
            {getValue()}
          </Text>
        </Group>
      ),
    }),
    column.accessor(({ actor }) => actor.name, { id: 'by', header: words.by, meta: { width: 180 } }),
    column.accessor(({ dataset }) => dataset ?? texts.none, {
      id: 'dataset',
      header: words.dataset,
      meta: { width: 120, wide: true },
    }),
  ];
}

/** An action in words; one that a newer server knows, as it calls it. */
export function wordsOfAction(action: string): string {
  return words.actions[action] ?? action;
}
