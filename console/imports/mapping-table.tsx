import { Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { texts } from '../texts/texts.ts';
import { faultAt, faultText } from './fault-text.ts';
import type { Filling } from './filling.ts';
import classes from './imports.module.css';
import type { Column, Fault, Mapping } from './mapping.ts';
import { asData } from './suggestion.ts';
import { TargetPicker } from './target-picker.tsx';

const samplesMax = 3;

export interface MappingTableProps {
  mapping: Mapping;
  rows: readonly (readonly string[])[];
  faults: readonly Fault[];
  onChange(columns: readonly Column[]): void;
}

/** A line for each column of the file: what is in it, and what it fills. */
export function MappingTable({ mapping, rows, faults, onChange }: MappingTableProps) {
  const { mapping: texted } = texts.imports;
  const { kind, columns } = mapping;
  const hasOthers = columns.some(({ filling }) => filling.choice === 'nothing');
  const set = (index: number, filling: Filling) =>
    onChange(columns.map((column, at) => (at === index ? { ...column, filling } : column)));
  const takeOthers = () =>
    onChange(
      columns.map((column) =>
        column.filling.choice === 'nothing' ? { ...column, filling: asData(kind, column.name) } : column,
      ),
    );
  const faultOf = (index: number) => {
    const fault = faultAt(faults, 'column', index);
    return fault && faultText(fault, mapping);
  };
  return (
    <Stack component="section" gap="xs" aria-labelledby="import-columns">
      <Group justify="space-between" align="flex-end" gap="sm">
        <div>
          <Title order={2} id="import-columns">
            {texted.title}
          </Title>
          <Text size="sm" c="dimmed">
            {texted.hint}
          </Text>
        </div>
        {hasOthers && (
          <Button variant="default" size="xs" onClick={takeOthers}>
            {texted.takeOthers[kind]}
          </Button>
        )}
      </Group>
      <div className={classes.frame}>
        <Table className={`${classes.table} ${classes.stacked}`} aria-labelledby="import-columns">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{texted.column}</Table.Th>
              <Table.Th scope="col">{texted.first}</Table.Th>
              <Table.Th scope="col">{texted.fills}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {columns.map((column, index) => (
              <ColumnLine
                key={`${index} ${column.name}`}
                kind={kind}
                column={column}
                cells={rows.slice(0, samplesMax).map((row) => row[index] ?? '')}
                fault={faultOf(index)}
                onChange={(filling) => set(index, filling)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Stack>
  );
}

interface ColumnLineProps {
  kind: Mapping['kind'];
  column: Column;
  /** Its first cells. */
  cells: readonly string[];
  fault: string | undefined;
  onChange(filling: Filling): void;
}

function ColumnLine({ kind, column, cells, fault, onChange }: ColumnLineProps) {
  const { fillsOf, nameOf, textOf } = texts.imports.mapping;
  return (
    <Table.Tr>
      <Table.Td>
        <div className={classes.column}>{column.name}</div>
      </Table.Td>
      <Table.Td>
        <Samples cells={cells} />
      </Table.Td>
      <Table.Td>
        <TargetPicker
          kind={kind}
          filling={column.filling}
          suggestedName={column.name}
          labels={{ choice: fillsOf(column.name), name: nameOf(column.name), asText: textOf(column.name) }}
          error={fault}
          onChange={onChange}
        />
      </Table.Td>
    </Table.Tr>
  );
}

function Samples({ cells }: { cells: readonly string[] }) {
  return (
    <div className={classes.samples}>
      {cells.map((cell, row) => (
        <span key={row} title={cell}>
          {cell === '' ? texts.imports.mapping.emptyCell : cell}
        </span>
      ))}
    </div>
  );
}
