import { Autocomplete } from '@mantine/core';
import classes from './rule-builder.module.css';
import type { Suggestion } from './texts-input.tsx';

export interface NameInputProps {
  label: string;
  value: string;
  suggestions: readonly Suggestion[];
  onChange(value: string): void;
}

const suggestedMax = 50;

/** A name of something that a dataset holds, suggested by what it holds; another one may be typed. */
export function NameInput({ label, value, suggestions, onChange }: NameInputProps) {
  const besides = new Map(suggestions.map((each) => [each.value, each.beside]));
  return (
    <Autocomplete
      size="xs"
      className={classes.text}
      classNames={{ input: classes.fitted }}
      aria-label={label}
      value={value}
      onChange={onChange}
      data={[...besides.keys()]}
      limit={suggestedMax}
      // The focus comes by itself to a condition that was added: what is suggested would cover what stands below.
      openOnFocus={false}
      autoComplete="off"
      spellCheck={false}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <span>{option.value}</span>
          <span className={classes.beside}>{besides.get(option.value)}</span>
        </span>
      )}
    />
  );
}
