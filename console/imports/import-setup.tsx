import { Button, Group, List, Radio, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ImportDetails } from '../../src/imports/import-routes.ts';
import { texts } from '../texts/texts.ts';
import { bytes } from '../ui/numbers.ts';
import { faultText } from './fault-text.ts';
import { ChooseFile } from './file-choice.tsx';
import type { ImportKind } from './filling.ts';
import type { ChosenFile } from './first-rows.ts';
import { FixedValues } from './fixed-values.tsx';
import classes from './imports.module.css';
import { type Column, type Fault, type Fixed, faultsOf, type Mapping, queryOfMapping } from './mapping.ts';
import { MappingTable } from './mapping-table.tsx';
import { firstFixed, guessKind, suggestFillings } from './suggestion.ts';
import { UnderstoodRows } from './understood-rows.tsx';
import { Uploading } from './uploading.tsx';

export interface ImportSetupProps {
  dataset: string;
  chosen: ChosenFile;
  chooseOther(file: File): void;
  onReceived(item: ImportDetails): void;
}

/** Says what the chosen file means, shows what will be understood, and sends it. */
export function ImportSetup({ dataset, chosen, chooseOther, onReceived }: ImportSetupProps) {
  const { first, start, file } = chosen;
  const [mapping, setMapping] = useState<Mapping>(() => suggestMapping(guessKindOf(chosen), first.header));
  const [uploading, setUploading] = useState(false);
  const isMapped = first.header.length > 0;
  const faults = isMapped ? faultsOf(mapping) : [];
  const change = (changed: Partial<Mapping>) => setMapping({ ...mapping, ...changed });
  const setKind = (kind: ImportKind) => setMapping(suggestMapping(kind, first.header));
  if (uploading) {
    const query = queryOfMapping(mapping);
    const wanted = { dataset, file, start, query };
    return <Uploading wanted={wanted} onReceived={onReceived} onBack={() => setUploading(false)} />;
  }
  return (
    <Stack gap="lg">
      <FileFacts chosen={chosen} chooseOther={chooseOther} />
      <KindChoice kind={mapping.kind} onChange={setKind} />
      {start.text === undefined && <Text size="sm">{texts.imports.new.noPreview}</Text>}
      {isMapped && (
        <MappingTable
          mapping={mapping}
          rows={first.rows}
          faults={faults}
          onChange={(columns: readonly Column[]) => change({ columns })}
        />
      )}
      {isMapped && (
        <FixedValues mapping={mapping} faults={faults} onChange={(fixed: readonly Fixed[]) => change({ fixed })} />
      )}
      {start.text !== undefined && (
        <UnderstoodRows mapping={mapping} rows={first.rows} isSettled={faults.length === 0} />
      )}
      <Start faults={faults} mapping={mapping} onStart={() => setUploading(true)} />
    </Stack>
  );
}

function suggestMapping(kind: ImportKind, header: readonly string[]): Mapping {
  const fillings = suggestFillings(kind, header);
  const columns = header.map((name, index) => ({ name, filling: fillings[index] as Column['filling'] }));
  return { kind, columns, fixed: firstFixed(kind, fillings) };
}

function guessKindOf({ first, start }: ChosenFile): ImportKind {
  if (start.format === 'csv') return first.header.length === 0 ? 'events' : guessKind(first.header);
  return /"(attributes|identities)"\s*:/.test(first.rows[0]?.[0] ?? '') ? 'users' : 'events';
}

function FileFacts({ chosen: { file, start }, chooseOther }: Pick<ImportSetupProps, 'chosen' | 'chooseOther'>) {
  const panel = useRef<HTMLDivElement>(null);
  // The button that had the focus is gone when this appears.
  useEffect(() => panel.current?.focus(), []);
  const { new: texted, formats } = texts.imports;
  return (
    <Group
      role="region"
      aria-label={texted.file}
      className={classes.panel}
      justify="space-between"
      gap="sm"
      ref={panel}
      tabIndex={-1}
    >
      <div>
        <div className={classes.fileName}>{file.name}</div>
        <Text size="sm" c="dimmed">
          {texted.facts(bytes(file.size), formats[start.format], start.packed)}
        </Text>
      </div>
      <ChooseFile label={texted.chooseOther} onChoose={chooseOther} quiet />
    </Group>
  );
}

function KindChoice({ kind, onChange }: { kind: ImportKind; onChange(kind: ImportKind): void }) {
  const { new: texted, kinds } = texts.imports;
  return (
    <Radio.Group
      label={texted.kind}
      value={kind}
      onChange={(value) => onChange(value === 'users' ? 'users' : 'events')}
      labelProps={{ className: classes.groupLabel }}
    >
      <Stack gap="xs" mt={6}>
        <Radio value="events" label={kinds.events} description={texted.kindHints.events} />
        <Radio value="users" label={kinds.users} description={texted.kindHints.users} />
      </Stack>
    </Radio.Group>
  );
}

function Start({ faults, mapping, onStart }: { faults: readonly Fault[]; mapping: Mapping; onStart(): void }) {
  const { new: texted } = texts.imports;
  return (
    <Stack gap="xs">
      <div role="status">
        {faults.length > 0 && (
          <>
            <Title order={2} size="sm">
              {texted.notYet}
            </Title>
            <List size="sm">
              {faults.map((fault) => (
                <List.Item key={`${fault.code} ${JSON.stringify(fault.at)}`}>{faultText(fault, mapping)}</List.Item>
              ))}
            </List>
          </>
        )}
      </div>
      <div>
        <Button onClick={onStart} disabled={faults.length > 0}>
          {texted.start}
        </Button>
      </div>
    </Stack>
  );
}
