import { Button, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMemo } from 'react';
import { UserLink } from '../profiles/user-columns.tsx';
import { texts } from '../texts/texts.ts';
import { EndlessTable } from '../ui/endless-table.tsx';
import { Moment } from '../ui/moment.tsx';
import { count } from '../ui/numbers.ts';
import { saveText } from '../ui/save-text.ts';
import { columnsOf } from '../ui/table-features.ts';
import { csvOfLines, today } from './outcome-csv.ts';
import type { Line, LookedUp } from './request-calls.ts';

const column = columnsOf<Line>();

/** Who was found, line by line, as a request names them and as Lethe knows them. */
export function Found({ dataset, lookedUp }: { dataset: string; lookedUp: LookedUp }) {
  const { found: words } = texts.privacy.requests;
  const { found, lines } = lookedUp;
  const columns = useMemo(() => foundColumns(dataset), [dataset]);
  const unknown = lines.filter(({ user }) => user === null).length;
  const download = () =>
    saveText(
      words.file(today()),
      'text/csv',
      csvOfLines(lines.map((line) => ({ ...line, outcome: line.user ? 'found' : 'unknown' }))),
    );
  return (
    <Stack gap="sm">
      <Text size="sm" role="status">
        {words.summary(found, unknown, lines.length)} {found === 0 && words.none}
      </Text>
      <EndlessTable
        label={words.label}
        columns={columns}
        rows={lines}
        total={lines.length}
        idOf={({ line }) => String(line)}
        hasMore={false}
        isLoadingMore={false}
        loadMore={() => {}}
        height="46vh"
      />
      <div>
        <Button variant="default" onClick={download} leftSection={<IconDownload size={16} aria-hidden />}>
          {words.download}
        </Button>
      </div>
    </Stack>
  );
}

function foundColumns(dataset: string) {
  const { column: names, outcomes } = texts.privacy.requests.found;
  return column.columns([
    column.display({
      id: 'line',
      header: names.line,
      meta: { width: 72 },
      cell: ({ row: { original } }) => count(original.line),
    }),
    column.display({
      id: 'identity',
      header: names.identity,
      cell: ({ row: { original } }) => <span title={original.identity}>{original.identity}</span>,
    }),
    column.display({
      id: 'outcome',
      header: names.outcome,
      meta: { width: 100 },
      cell: ({ row: { original } }) => (original.user ? outcomes.found : outcomes.unknown),
    }),
    column.display({
      id: 'user',
      header: names.user,
      cell: ({ row: { original } }) =>
        original.user ? <UserLink dataset={dataset} user={original.user} newWindow /> : texts.none,
    }),
    column.display({
      id: 'lastActivity',
      header: names.lastActivity,
      meta: { width: 168 },
      cell: ({ row: { original } }) =>
        original.user?.lastActivity ? <Moment at={original.user.lastActivity} /> : texts.none,
    }),
  ]);
}
