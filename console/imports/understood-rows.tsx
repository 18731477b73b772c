import { ScrollArea, Stack, Table, Text, Title } from '@mantine/core';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import { count } from '../ui/numbers.ts';
import classes from './imports.module.css';
import type { Mapping } from './mapping.ts';
import { type Named, type Understood, understandCsv, understandNdjson } from './understood.ts';

export interface UnderstoodRowsProps {
  mapping: Mapping;
  rows: readonly (readonly string[])[];
  /** Before that rows are shown as far as they go: what they lack is not theirs, but the mapping's. */
  isSettled: boolean;
}

/** The first rows as the import will take them, so that a wrong mapping is seen before it is stored. */
export function UnderstoodRows({ mapping, rows, isSettled }: UnderstoodRowsProps) {
  const { understood: texted } = texts.imports;
  const isCsv = mapping.columns.length > 0;
  const understood = rows.map((row) =>
    isCsv ? understandCsv(mapping, row) : understandNdjson(mapping.kind, row[0] ?? ''),
  );
  return (
    <Stack component="section" gap="xs" aria-labelledby="understood-rows">
      <div>
        <Title order={2} id="understood-rows">
          {texted.title}
        </Title>
        <Text size="sm" c="dimmed">
          {rows.length === 0 ? texted.noRows : texted.hint(rows.length)}
        </Text>
      </div>
      {rows.length > 0 && (
        <ScrollArea.Autosize
          className={classes.frame}
          type="auto"
          offsetScrollbars="present"
          viewportProps={scrollable}
        >
          <Table className={classes.table} aria-label={texted.label}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{texted.row}</Table.Th>
                <Table.Th scope="col">{texted.who}</Table.Th>
                <Table.Th scope="col">{texted.what}</Table.Th>
                <Table.Th scope="col">{texted.at}</Table.Th>
                <Table.Th scope="col">{texted.data}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {understood.map((row, index) => (
                <UnderstoodRow key={index} number={index + 1} row={row} isSettled={isSettled} />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
    </Stack>
  );
}

function UnderstoodRow({ number, row, isSettled }: { number: number; row: Understood; isSettled: boolean }) {
  const { understood: texted } = texts.imports;
  if (row.problem && isSettled) {
    return (
      <Table.Tr>
        <Table.Td>{count(number)}</Table.Td>
        <Table.Td colSpan={4} className={classes.attention}>
          {texted.problems[row.problem]}
        </Table.Td>
      </Table.Tr>
    );
  }
  return (
    <Table.Tr>
      <Table.Td>{count(number)}</Table.Td>
      <Table.Td>
        <Names named={row.who} />
      </Table.Td>
      <Table.Td className={classes.nowrap}>{texted.types[row.type] ?? (row.event || texts.none)}</Table.Td>
      <Table.Td className={classes.nowrap}>{row.at ? <Moment at={row.at} /> : texted.onReceipt}</Table.Td>
      <Table.Td>
        <Names named={row.data} quoted />
      </Table.Td>
    </Table.Tr>
  );
}

/** What scrolls and has nothing in it to go to has to be reachable by keyboard itself. */
const scrollable = { tabIndex: 0, role: 'region', 'aria-label': texts.imports.understood.title };

/** `quoted`: texts stand in quotes, so that 0042 and 42 are seen to be two things. */
function Names({ named, quoted = false }: { named: readonly Named[]; quoted?: boolean }) {
  return (
    <dl className={classes.data}>
      {named.map(({ name, value }, index) => (
        <div key={`${index} ${name}`}>
          <dt>{name}</dt>
          <dd title={String(value)}>{quoted || typeof value !== 'string' ? JSON.stringify(value) : value}</dd>
        </div>
      ))}
    </dl>
  );
}
