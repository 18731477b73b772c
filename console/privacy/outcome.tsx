import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { texts } from '../texts/texts.ts';
import { EndlessTable } from '../ui/endless-table.tsx';
import { count } from '../ui/numbers.ts';
import { saveText } from '../ui/save-text.ts';
import { columnsOf } from '../ui/table-features.ts';
import { csvOfLines, today } from './outcome-csv.ts';
import classes from './privacy.module.css';
import type { Answered } from './request-calls.ts';

const column = columnsOf<Answered['lines'][number]>();
const { outcome: words, found } = texts.privacy.requests;

const columns = column.columns([
  column.display({
    id: 'line',
    header: found.column.line,
    meta: { width: 72 },
    cell: ({ row: { original } }) => count(original.line),
  }),
  column.display({
    id: 'identity',
    header: found.column.identity,
    cell: ({ row: { original } }) => <span title={original.identity}>{original.identity}</span>,
  }),
  column.display({
    id: 'outcome',
    header: found.column.outcome,
    meta: { width: 120 },
    cell: ({ row: { original } }) => words.outcomes[original.outcome],
  }),
  column.display({
    id: 'user',
    header: found.column.user,
    // No link: whoever was deleted is not there any more.
    cell: ({ row: { original } }) => original.user?.id ?? texts.none,
  }),
]);

/** What became of each line, to be taken along as a file. */
export function Outcome({ answered, onAgain }: { answered: Answered; onAgain(): void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { deleted, lines } = answered;
  return (
    <Stack gap="sm" component="section">
      <Title order={2} ref={heading} tabIndex={-1} className={classes.heading}>
        {words.title}
      </Title>
      <div className={classes.done} role="status">
        <Text>{words.summary(deleted, lines.length)}</Text>
        <Text size="sm">{words.keep}</Text>
      </div>
      <EndlessTable
        label={found.label}
        columns={columns}
        rows={lines}
        total={lines.length}
        idOf={({ line }) => String(line)}
        hasMore={false}
        isLoadingMore={false}
        loadMore={() => {}}
        height="46vh"
      />
      <Group gap="sm">
        <Button
          onClick={() => saveText(words.file(today()), 'text/csv', csvOfLines(lines))}
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {words.download}
        </Button>
        <Button variant="default" onClick={onAgain}>
          {words.again}
        </Button>
      </Group>
    </Stack>
  );
}
