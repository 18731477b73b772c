import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { texts } from '../../texts/texts.ts';
import { Typed, Word } from './choice.tsx';
import { newComparison, valueKinds } from './comparison-draft.ts';
import { ComparisonFields } from './comparison-fields.tsx';
import { newId, type PropertyDraft } from './condition-draft.ts';
import classes from './rule-builder.module.css';

/** As many as the server takes (`whereMax`). */
const whereMax = 20;

export interface WhereLinesProps {
  where: PropertyDraft[];
  onChange(where: PropertyDraft[]): void;
}

/** What has to hold for one and the same event, a line each. */
export function WhereLines({ where, onChange }: WhereLinesProps) {
  const { fields, between } = texts.rules;
  const set = (line: PropertyDraft) => onChange(where.map((each) => (each.id === line.id ? line : each)));
  return where.map((line, index) => (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a line of text.
    <div key={line.id} className={classes.where} role="group" aria-label={fields.where(index + 1)}>
      <Word>{index === 0 ? fields.whereWord : between.all}</Word>
      <Typed label={fields.property} value={line.property} onChange={(property) => set({ ...line, property })} />
      <ComparisonFields asked={line.asked} onChange={(asked) => set({ ...line, asked })} kinds={valueKinds} />
      <ActionIcon
        variant="subtle"
        color="gray"
        size={26}
        aria-label={fields.removeWhere(index + 1)}
        onClick={() => onChange(where.filter(({ id }) => id !== line.id))}
      >
        <IconX size={14} aria-hidden />
      </ActionIcon>
    </div>
  ));
}

/** At the end of the sentence. */
export function AddWhere({ where, onChange, of }: WhereLinesProps & { of: string }) {
  const { fields } = texts.rules;
  if (where.length >= whereMax) return null;
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-xs"
      leftSection={<IconPlus size={12} aria-hidden />}
      aria-label={fields.addWhereOf(of)}
      onClick={() => onChange([...where, { id: newId(), property: '', asked: newComparison('equals') }])}
    >
      {fields.addWhere}
    </Button>
  );
}
