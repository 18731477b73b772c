import type { UserDetails } from '../../src/profiles/show-user.ts';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { useShownUser } from './shown-user.ts';

const column = columnsOf<UserDetails['identities'][number]>();
const { identities: words } = texts.profiles;

const columns = column.columns([
  column.accessor('type', { header: words.column.type }),
  column.accessor('value', {
    header: words.column.value,
    cell: ({ row: { original } }) => (
      <Copyable value={original.value} label={`${words.copyName(original.type)} ${original.value}`} />
    ),
  }),
]);

export function IdentitiesTab() {
  const { user } = useShownUser();
  return (
    <DataTable
      label={words.label}
      columns={columns}
      rows={user.identities}
      idOf={({ type, value }) => `${type} ${value}`}
    />
  );
}
