import { ActionIcon, Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { texts } from '../texts/texts.ts';
import { faultAt, faultText } from './fault-text.ts';
import { type ImportKind, needsName, nothing } from './filling.ts';
import classes from './imports.module.css';
import type { Fault, Fixed, Mapping } from './mapping.ts';
import { TargetPicker } from './target-picker.tsx';
import { rowTypes } from './understood.ts';

export interface FixedValuesProps {
  mapping: Mapping;
  faults: readonly Fault[];
  onChange(fixed: readonly Fixed[]): void;
}

/** What every row gets besides its columns. */
export function FixedValues({ mapping, faults, onChange }: FixedValuesProps) {
  const { fixed: texted } = texts.imports;
  const { kind, fixed } = mapping;
  const set = (index: number, changed: Fixed) => onChange(fixed.map((each, at) => (at === index ? changed : each)));
  const add = () => onChange([...fixed, { filling: { ...nothing, choice: nextChoice(kind, fixed) }, text: '' }]);
  return (
    <Stack component="section" gap="xs" aria-labelledby="fixed-values" align="flex-start">
      <div>
        <Title order={2} id="fixed-values">
          {texted.title}
        </Title>
        <Text size="sm" c="dimmed">
          {texted.hint}
        </Text>
      </div>
      {fixed.map((each, index) => (
        <FixedValue
          key={index}
          number={index + 1}
          mapping={mapping}
          value={each}
          fault={faultAt(faults, 'fixed', index)}
          onChange={(changed) => set(index, changed)}
          onRemove={() => onChange(fixed.filter((_, at) => at !== index))}
        />
      ))}
      <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
        {texted.add}
      </Button>
    </Stack>
  );
}

function nextChoice(kind: ImportKind, fixed: readonly Fixed[]) {
  if (kind === 'users') return 'attribute';
  return fixed.some(({ filling }) => filling.choice === 'event') ? 'property' : 'event';
}

interface FixedValueProps {
  number: number;
  mapping: Mapping;
  value: Fixed;
  fault: Fault | undefined;
  onChange(value: Fixed): void;
  onRemove(): void;
}

function FixedValue({ number, mapping, value, fault, onChange, onRemove }: FixedValueProps) {
  const { fixed: texted, mapping: words } = texts.imports;
  const { filling, text } = value;
  const what = needsName(filling.choice) && filling.name ? filling.name : words.choices[filling.choice];
  // What is not said yet is nothing wrong; the list above the button names it.
  const error = fault && fault.code !== 'noText' ? faultText(fault, mapping) : undefined;
  const isOfText = fault?.code === 'noMoment';
  const label = texted.textOf(what);
  return (
    <Group gap="xs" align="flex-start">
      <TargetPicker
        kind={mapping.kind}
        filling={filling}
        suggestedName=""
        labels={{ choice: texted.whatOf(number), name: texted.nameOf(number), asText: words.textOf(what) }}
        error={isOfText ? undefined : error}
        onChange={(changed) => onChange({ ...value, filling: changed })}
      />
      {filling.choice === 'type' ? (
        <Select
          className={classes.choice}
          aria-label={label}
          data={[...rowTypes]}
          value={text || null}
          onChange={(type) => onChange({ ...value, text: type ?? '' })}
          error={isOfText && error}
        />
      ) : (
        <TextInput
          className={classes.choice}
          aria-label={label}
          placeholder={texted.placeholders[filling.choice]}
          value={text}
          onChange={({ currentTarget }) => onChange({ ...value, text: currentTarget.value })}
          error={isOfText && error}
        />
      )}
      <ActionIcon variant="subtle" color="gray" size={34} onClick={onRemove} aria-label={texted.remove(what)}>
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}
