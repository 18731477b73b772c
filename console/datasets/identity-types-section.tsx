import { Button, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { IdentityTypeItem } from '../../src/vocabulary/identity-types.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { count } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { columnsOf } from '../ui/table-features.ts';
import classes from './datasets.module.css';
import { IdentityTypeDialog } from './identity-type-dialog.tsx';
import { SearchedTable } from './searched-table.tsx';
import { Section } from './section.tsx';
import { identityTypesQuery } from './vocabulary-queries.ts';

const words = texts.datasets.identities;

/** What users are known by. */
export function IdentityTypesSection({ dataset }: { dataset: string }) {
  const { data, error, refetch } = useQuery(identityTypesQuery(dataset));
  const mayDefine = useMay('defineAttributes', dataset);
  const [edited, setEdited] = useState<IdentityTypeItem | 'new'>();
  const columns = useMemo(() => identityTypeColumns(mayDefine ? setEdited : undefined), [mayDefine]);
  const define = (
    <Button variant="default" size="xs" onClick={() => setEdited('new')}>
      {words.define}
    </Button>
  );
  return (
    <Section title={words.title} hint={words.hint} actions={mayDefine && define}>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what={words.what} lines={4} />}
      {data && <SearchedTable label={words.title} columns={columns} rows={data.items} nameOf={({ type }) => type} />}
      <IdentityTypeDialog dataset={dataset} edited={edited} onClose={() => setEdited(undefined)} />
    </Section>
  );
}

const column = columnsOf<IdentityTypeItem>();

function identityTypeColumns(edit: ((item: IdentityTypeItem) => void) | undefined) {
  const { settings } = texts.datasets;
  const numeric = { numeric: true } as const;
  const columns = [
    column.accessor('type', {
      header: words.type,
      sortFn: 'text',
      cell: ({ row: { original } }) => (
        <>
          <span className={classes.name}>{original.type}</span>{' '}
          {original.builtIn && (
            <Text span size="xs" c="dimmed">
              {words.builtIn}
            </Text>
          )}
        </>
      ),
    }),
    column.accessor(({ description }) => description ?? '', {
      id: 'description',
      header: settings.description,
      enableSorting: false,
      meta: { wide: true },
      cell: ({ getValue }) => <div className={classes.description}>{getValue()}</div>,
    }),
    column.accessor('users', { header: settings.users, meta: numeric, cell: ({ getValue }) => count(getValue()) }),
    column.accessor('identities', {
      header: words.identities,
      meta: numeric,
      cell: ({ getValue }) => count(getValue()),
    }),
  ];
  if (!edit) return columns;
  const actions = column.display({
    id: 'edit',
    header: () => <VisuallyHidden>{settings.edit}</VisuallyHidden>,
    meta: { numeric: true, width: 80 },
    cell: ({ row: { original } }) => (
      <Button
        variant="subtle"
        size="compact-sm"
        onClick={() => edit(original)}
        aria-label={settings.editOf(original.type)}
      >
        {settings.edit}
      </Button>
    ),
  });
  return [...columns, actions];
}
