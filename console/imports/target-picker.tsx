import { Checkbox, Select, TextInput, Tooltip } from '@mantine/core';
import { texts } from '../texts/texts.ts';
import { type Choice, choicesOf, type Filling, type ImportKind, needsName } from './filling.ts';
import classes from './imports.module.css';
import { chosen } from './mapping.ts';

export interface TargetPickerProps {
  kind: ImportKind;
  filling: Filling;
  /** The name that a property or attribute gets at first. */
  suggestedName: string;
  /** What screen readers call the fields. */
  labels: { choice: string; name: string; asText: string };
  /** What is wrong with it. */
  error: string | undefined;
  onChange(filling: Filling): void;
}

/** Chooses what something fills, with its name where it needs one. */
export function TargetPicker({ kind, filling, suggestedName, labels, error, onChange }: TargetPickerProps) {
  const { mapping } = texts.imports;
  const isData = filling.choice === 'property' || filling.choice === 'attribute';
  const isNamed = needsName(filling.choice);
  return (
    <div className={classes.picker}>
      <Select
        className={classes.choice}
        aria-label={labels.choice}
        data={groupsOf(kind)}
        value={filling.choice}
        onChange={(choice) => choice && onChange(chosen(filling, choice as Choice, suggestedName))}
        allowDeselect={false}
        maxDropdownHeight={420}
        error={isNamed ? undefined : error}
      />
      {isNamed && (
        <TextInput
          className={classes.name}
          aria-label={labels.name}
          value={filling.name}
          onChange={({ currentTarget }) => onChange({ ...filling, name: currentTarget.value })}
          error={error}
        />
      )}
      {isData && (
        <Tooltip label={mapping.asTextHint}>
          <Checkbox
            className={classes.asText}
            label={mapping.asText}
            aria-label={labels.asText}
            checked={filling.asText}
            onChange={({ currentTarget }) => onChange({ ...filling, asText: currentTarget.checked })}
          />
        </Tooltip>
      )}
    </div>
  );
}

const groups = {
  who: ['userId', 'customerId', 'email', 'anonymousId', 'identity'],
  what: ['event', 'timestamp', 'type', 'messageId'],
  data: ['property', 'attribute'],
  rare: ['name', 'category', 'groupId', 'previousId'],
} as const satisfies Record<string, readonly Choice[]>;

function groupsOf(kind: ImportKind) {
  const { mapping } = texts.imports;
  const offered = choicesOf(kind);
  const item = (choice: Choice) => ({ value: choice, label: mapping.choices[choice] });
  const grouped = Object.entries(groups).map(([group, choices]) => ({
    group: mapping.groups[group as keyof typeof groups],
    items: choices.filter((choice) => offered.includes(choice)).map(item),
  }));
  return [item('nothing'), ...grouped.filter(({ items }) => items.length > 0)];
}
