import { Button, FileButton, Group, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type DragEvent, useMemo, useState } from 'react';
import { texts } from '../texts/texts.ts';
import { type IdentityList, type ListProblem, readIdentityList } from './identity-list.ts';
import { identityTypesQuery } from './identity-types-query.ts';
import classes from './privacy.module.css';
import { type FileProblem, readTextFile } from './read-text-file.ts';

export interface ListFieldProps {
  dataset: string;
  busy: boolean;
  /** The list is another one: what was found by the last is void. */
  onChange(): void;
  onLookUp(list: IdentityList): void;
}

/** Whom it is about: pasted, or from a file, which is read here and shown. */
export function ListField({ dataset, busy, onChange, onLookUp }: ListFieldProps) {
  const [text, setText] = useState('');
  const [column, setColumn] = useState('name');
  const [problem, setProblem] = useState<ListProblem | FileProblem>();
  const { list: words } = texts.privacy.requests;
  const read = useMemo(() => readIdentityList(text, column), [text, column]);
  const change = (next: string) => {
    setText(next);
    setProblem(undefined);
    onChange();
  };
  const take = async (file: File | null | undefined) => {
    if (!file) return;
    const content = await readTextFile(file);
    change(typeof content === 'string' ? content : '');
    if (typeof content !== 'string') setProblem(content.problem);
  };
  const lookUp = () => ('problem' in read ? setProblem(read.problem) : onLookUp(read));
  return (
    <Stack gap="sm">
      <IdentitiesField text={text} onChange={change} onFile={take} problem={problem && words.problems[problem]} />
      <Group align="end" gap="sm">
        <ColumnField
          dataset={dataset}
          column={column}
          onChange={(next) => {
            setColumn(next);
            onChange();
          }}
          ownColumn={!('problem' in read) && read.hasOwnHeader ? read.column : undefined}
        />
        <Text size="sm" c="dimmed" role="status" className={classes.beside}>
          {!('problem' in read) && words.read(read.identities.length)}
        </Text>
      </Group>
      <Group gap="sm">
        <Button onClick={lookUp} loading={busy}>
          {words.lookUp}
        </Button>
        <FileButton onChange={take} accept=".csv,.txt,text/csv,text/plain">
          {(props) => (
            <Button variant="default" {...props}>
              {words.choose}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed" visibleFrom="sm">
          {words.drop}
        </Text>
        {text !== '' && (
          <Button variant="subtle" color="gray" onClick={() => change('')}>
            {words.clear}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

interface IdentitiesFieldProps {
  text: string;
  onChange(text: string): void;
  onFile(file: File | undefined): void;
  problem: string | undefined;
}

function IdentitiesField({ text, onChange, onFile, problem }: IdentitiesFieldProps) {
  const { list: words } = texts.privacy.requests;
  const drop = (event: DragEvent) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    onFile(event.dataTransfer.files[0]);
  };
  return (
    <Textarea
      label={words.field}
      placeholder={words.placeholder}
      // Browsers keep what is typed to fill it in again, and may send it away to check its spelling.
      autoComplete="off"
      spellCheck={false}
      rows={8}
      resize="vertical"
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
      onDrop={drop}
      onDragOver={(event) => event.preventDefault()}
      error={problem}
    />
  );
}

interface ColumnFieldProps {
  dataset: string;
  column: string;
  onChange(column: string): void;
  /** Named by the list itself, which leaves nothing to choose. */
  ownColumn: string | undefined;
}

function ColumnField({ dataset, column, onChange, ownColumn }: ColumnFieldProps) {
  const { data: types = [] } = useQuery(identityTypesQuery(dataset));
  const { list: words } = texts.privacy.requests;
  if (ownColumn !== undefined)
    return (
      <Text size="sm" className={classes.beside}>
        {words.ownHeader(ownColumn)}
      </Text>
    );
  return (
    <NativeSelect
      label={words.column}
      value={column}
      data={[
        { value: 'name', label: words.anyIdentity },
        ...types.map((type) => ({ value: `identity:${type}`, label: type })),
      ]}
      onChange={({ currentTarget: { value } }) => onChange(value)}
    />
  );
}
