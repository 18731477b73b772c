import { Table, Text, VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { texts } from '../texts/texts.ts';
import { Screen } from '../ui/screen.tsx';
import { useMayInAccount } from './me.ts';
import { MembersByRole } from './members-by-role.tsx';
import classes from './role-table.module.css';
import { type Column, columns, type RoleRow, rowsOfAccount, rowsOfDataset } from './role-table.ts';

const words = texts.access.roles;

/** What each role may do; for those who manage members also who many have it where. */
export function RolesScreen() {
  const managesMembers = useMayInAccount('manageMembers');
  return (
    <Screen title={words.title} description={words.description}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard. */}
      <section className={classes.frame} tabIndex={0} aria-label={words.table}>
        <Table className={classes.table} aria-label={words.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{words.may}</Table.Th>
              {columns.map((column) => (
                <Table.Th key={column} scope="col" className={classes.column}>
                  {nameOf(column)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Rows group={words.inDataset} rows={rowsOfDataset()} />
          <Rows group={words.inAccount} rows={rowsOfAccount()} />
        </Table>
      </section>
      <Text size="sm" c="dimmed">
        {words.campaigns}
      </Text>
      {managesMembers && <MembersByRole />}
    </Screen>
  );
}

function nameOf(column: Column): string {
  return column === 'administrator' ? texts.access.administrator : texts.access.roleNames[column];
}

function Rows({ group, rows }: { group: string; rows: readonly RoleRow[] }) {
  return (
    <Table.Tbody>
      <Table.Tr>
        <Table.Th scope="rowgroup" colSpan={columns.length + 1} className={classes.group}>
          {group}
        </Table.Th>
      </Table.Tr>
      {rows.map(({ may, by }) => (
        <Table.Tr key={may}>
          <Table.Th scope="row">{may}</Table.Th>
          {columns.map((column) => (
            <Table.Td key={column}>
              {by[column] ? (
                <>
                  <IconCheck size={17} aria-hidden className={classes.yes} />
                  <VisuallyHidden>{words.yes}</VisuallyHidden>
                </>
              ) : (
                <>
                  <Text span c="dimmed" aria-hidden>
                    {texts.none}
                  </Text>
                  <VisuallyHidden>{words.no}</VisuallyHidden>
                </>
              )}
            </Table.Td>
          ))}
        </Table.Tr>
      ))}
    </Table.Tbody>
  );
}
