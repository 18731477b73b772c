import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { texts } from '../../texts/texts.ts';
import { localDate } from '../../ui/moments.ts';
import { segmentsQuery } from '../segment-queries.ts';
import { YesOrNo } from './choice.tsx';
import type { FieldsProps } from './condition-fields.tsx';
import { useEditor } from './editor-context.ts';
import classes from './rule-builder.module.css';
import { vocabulary } from './vocabulary-queries.ts';

/** "belongs to · Gone since 1998" */
export function SegmentFields({ condition, onChange }: FieldsProps<'segment'>) {
  const { fields, disabledSegment } = texts.rules;
  const { dataset, segment: own } = useEditor();
  const { data: segments = [] } = useQuery(segmentsQuery(dataset, true));
  const offered = segments
    .filter(({ id }) => id !== own)
    .map(({ id, name, enabled }) => ({ value: id, label: name, beside: enabled ? id : `${id} · ${disabledSegment}` }));
  return (
    <>
      <YesOrNo
        label={fields.member}
        value={condition.member}
        words={fields.members}
        onChange={(member) => onChange({ ...condition, member })}
      />
      <Reference
        label={fields.segment}
        value={condition.segment}
        offered={offered}
        isId={(text) => /^[A-Za-z0-9]{5}$/.test(text)}
        nothingFound={fields.noSuchSegment}
        onChange={(segment) => onChange({ ...condition, segment })}
      />
    </>
  );
}

/** "created by · imp_7Hq2" */
export function ImportFields({ condition, onChange }: FieldsProps<'import'>) {
  const { fields, importLabel } = texts.rules;
  const { data: imports = [] } = useQuery(vocabulary.imports(useEditor().dataset));
  const offered = imports.map(({ id, kind, rows, createdAt }) => ({
    value: id,
    label: id,
    beside: importLabel(kind, rows, localDate(createdAt)),
  }));
  return (
    <>
      <YesOrNo
        label={fields.created}
        value={condition.created}
        words={fields.createds}
        onChange={(created) => onChange({ ...condition, created })}
      />
      <Reference
        label={fields.import}
        value={condition.import}
        offered={offered}
        isId={(text) => /^imp_\w+$/.test(text)}
        nothingFound={fields.noSuchImport}
        onChange={(id) => onChange({ ...condition, import: id })}
      />
    </>
  );
}

interface Offered {
  value: string;
  label: string;
  beside: string;
}

interface ReferenceProps {
  label: string;
  value: string;
  offered: Offered[];
  /** Whether this could be the id of one that is not offered. */
  isId(text: string): boolean;
  nothingFound: string;
  onChange(value: string): void;
}

/** Something else of the dataset, by its name; or by its id where it is not among those that are offered. */
function Reference({ label, value, offered, isId, nothingFound, onChange }: ReferenceProps) {
  const [typed, setTyped] = useState('');
  const unknown = [value, isId(typed) ? typed : '']
    .filter((id, index, ids) => id !== '' && ids.indexOf(id) === index)
    .filter((id) => !offered.some((each) => each.value === id))
    .map((id) => ({ value: id, label: id, beside: '' }));
  const all = [...offered, ...unknown];
  return (
    <Select
      size="xs"
      className={classes.reference}
      aria-label={label}
      value={value === '' ? null : value}
      data={all}
      searchable
      openOnFocus={false}
      allowDeselect={false}
      nothingFoundMessage={nothingFound}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      onSearchChange={setTyped}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <span>{option.label}</span>
          <span className={classes.beside}>{all.find((each) => each.value === option.value)?.beside}</span>
        </span>
      )}
    />
  );
}
