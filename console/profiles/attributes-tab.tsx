import { Stack, Text } from '@mantine/core';
import type { UserDetails } from '../../src/profiles/show-user.ts';
import { texts } from '../texts/texts.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Moment } from '../ui/moment.tsx';
import { columnsOf } from '../ui/table-features.ts';
import classes from './profiles.module.css';
import { textOf } from './property-text.ts';
import { useShownUser } from './shown-user.ts';

type Attribute = UserDetails['attributes'][number];

const column = columnsOf<Attribute>();
const { attributes: words } = texts.profiles;

const columns = column.columns([
  column.accessor('name', { header: words.column.name }),
  column.accessor((attribute) => textOf(attribute.value), {
    id: 'value',
    header: words.column.value,
    cell: ({ row: { original } }) => <span className={classes.value}>{textOf(original.value)}</span>,
  }),
  column.accessor((attribute) => words.sources[attribute.source] ?? attribute.source, {
    id: 'source',
    header: words.column.source,
  }),
  column.accessor((attribute) => (attribute.trusted ? words.trusted : words.untrusted), {
    id: 'trust',
    header: words.column.trust,
  }),
  column.accessor('updated', {
    header: words.column.updated,
    cell: ({ row: { original } }) => <Moment at={original.updated} />,
  }),
]);

export function AttributesTab() {
  const { user } = useShownUser();
  if (user.attributes.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {words.none}
      </Text>
    );
  return (
    <Stack gap="xs">
      <DataTable label={words.label} columns={columns} rows={user.attributes} idOf={({ name }) => name} />
      <Text size="sm" c="dimmed">
        {words.note}
      </Text>
    </Stack>
  );
}
