import { Button, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { AttributeItem } from '../../src/vocabulary/attributes.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { count } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { AttributeDialog } from './attribute-dialog.tsx';
import classes from './datasets.module.css';
import { SearchedTable } from './searched-table.tsx';
import { Section } from './section.tsx';
import { attributesQuery } from './vocabulary-queries.ts';

const words = texts.datasets.attributes;

/** What is known of users, and what it is meant to be. */
export function AttributesSection({ dataset }: { dataset: string }) {
  const { data, error, refetch } = useQuery(attributesQuery(dataset));
  const mayDefine = useMay('defineAttributes', dataset);
  const [edited, setEdited] = useState<AttributeItem | 'new'>();
  const columns = useMemo(() => attributeColumns(mayDefine ? setEdited : undefined), [mayDefine]);
  const define = (
    <Button variant="default" size="xs" onClick={() => setEdited('new')}>
      {words.define}
    </Button>
  );
  return (
    <Section title={words.title} hint={words.hint} actions={mayDefine && define}>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what={words.what} lines={4} />}
      {data?.items.length === 0 && <Text size="sm">{words.empty}</Text>}
      {data && data.items.length > 0 && (
        <SearchedTable label={words.title} columns={columns} rows={data.items} nameOf={({ name }) => name} />
      )}
      <AttributeDialog dataset={dataset} edited={edited} onClose={() => setEdited(undefined)} />
    </Section>
  );
}

const column = columnsOf<AttributeItem>();

function attributeColumns(edit: ((item: AttributeItem) => void) | undefined) {
  const { settings } = texts.datasets;
  const columns = [
    column.accessor('name', {
      header: words.name,
      sortFn: 'text',
      cell: ({ getValue }) => <span className={classes.name}>{getValue()}</span>,
    }),
    column.accessor(({ kind }) => (kind ? words.kinds[kind] : texts.none), { id: 'kind', header: words.kind }),
    column.accessor(({ description }) => description ?? '', {
      id: 'description',
      header: settings.description,
      enableSorting: false,
      meta: { wide: true },
      cell: ({ getValue }) => <div className={classes.description}>{getValue()}</div>,
    }),
    column.accessor('users', {
      header: settings.users,
      meta: { numeric: true },
      cell: ({ getValue }) => count(getValue()),
    }),
    column.accessor((item) => kindsInUse(item), {
      id: 'kinds',
      header: words.inUse,
      enableSorting: false,
      meta: { wide: true },
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
        aria-label={settings.editOf(original.name)}
      >
        {settings.edit}
      </Button>
    ),
  });
  return [...columns, actions];
}

/** "text 18,190 · number 6": values of one attribute may be of several kinds. */
function kindsInUse({ kinds }: AttributeItem): string {
  const used = Object.entries(words.inUseOf).flatMap(([kind, name]) => {
    const number = kinds[kind as keyof typeof kinds];
    return number > 0 ? [{ name, number }] : [];
  });
  if (used.length === 1) return used[0]?.name ?? '';
  return used.length === 0 ? texts.none : used.map(({ name, number }) => `${name} ${count(number)}`).join(' · ');
}
