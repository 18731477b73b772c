import { Autocomplete, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Problem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { foldersOf } from './listed-segments.ts';
import { segmentsQuery } from './segment-queries.ts';

const nameLengthMax = 200;
const folderLengthMax = 200;

export interface NameFieldProps {
  value: string;
  onChange(name: string): void;
  /** Whether saving was tried: before that nobody is told that a name is missing. */
  isTried: boolean;
  /** What the server refused. */
  error: unknown;
}

export function NameField({ value, onChange, isTried, error }: NameFieldProps) {
  const { setup } = texts.segments;
  return (
    <TextInput
      label={setup.name}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      maxLength={nameLengthMax}
      autoComplete="off"
      error={isTried && value.trim() === '' ? setup.noName : refusalOf(error, 'name')}
    />
  );
}

export interface FolderFieldProps {
  dataset: string;
  /** Empty: none. */
  value: string;
  onChange(folder: string): void;
  error: unknown;
}

export function FolderField({ dataset, value, onChange, error }: FolderFieldProps) {
  const { setup } = texts.segments;
  const { data: segments = [] } = useQuery(segmentsQuery(dataset, true));
  return (
    <Autocomplete
      label={setup.folder}
      placeholder={texts.segments.list.noFolder}
      data={foldersOf(segments)}
      value={value}
      onChange={onChange}
      maxLength={folderLengthMax}
      autoComplete="off"
      openOnFocus={false}
      error={refusalOf(error, 'folder')}
    />
  );
}

/** A folder as the API takes it. */
export function folderIn(typed: string): string | null {
  return typed.trim() === '' ? null : typed.trim();
}

function refusalOf(error: unknown, field: string): string | undefined {
  return error instanceof Problem ? error.errors.find((each) => each.field === field)?.detail : undefined;
}
