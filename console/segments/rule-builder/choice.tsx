import { NativeSelect, TextInput } from '@mantine/core';
import type { HTMLInputTypeAttribute } from 'react';
import classes from './rule-builder.module.css';

export interface ChoiceProps<Value extends string> {
  /** What a screen reader calls it. */
  label: string;
  value: Value;
  /** In their order, with what is shown. */
  options: Readonly<Record<Value, string>> | readonly { group: string; items: readonly Option<Value>[] }[];
  onChange(value: Value): void;
  /** Whether it says what the sentence is about. */
  isSubject?: true;
}
interface Option<Value> {
  value: Value;
  label: string;
}

/** One of a few words of the sentence. */
export function Choice<Value extends string>({ label, value, options, onChange, isSubject }: ChoiceProps<Value>) {
  const data = Array.isArray(options)
    ? options.map(({ group, items }) => ({ group, items: [...items] }))
    : Object.entries<string>(options as Record<string, string>).map(([each, shown]) => ({ value: each, label: shown }));
  return (
    <NativeSelect
      size="xs"
      className={classes.choice}
      data-subject={isSubject}
      classNames={{ input: classes.fitted }}
      aria-label={label}
      value={value}
      data={data}
      onChange={({ currentTarget }) => onChange(currentTarget.value as Value)}
    />
  );
}

export interface YesOrNoProps {
  label: string;
  value: boolean;
  words: { readonly yes: string; readonly no: string };
  onChange(value: boolean): void;
}

/** Did or did not; is or is not. */
export function YesOrNo({ label, value, words, onChange }: YesOrNoProps) {
  return (
    <Choice label={label} value={value ? 'yes' : 'no'} options={words} onChange={(word) => onChange(word === 'yes')} />
  );
}

export interface TypedProps {
  label: string;
  value: string;
  onChange(value: string): void;
  /** Room for a number, or for a text. */
  size?: 'number' | 'text';
  type?: HTMLInputTypeAttribute;
  inputMode?: 'decimal' | 'numeric';
  min?: string;
  max?: string;
  step?: string;
}

/** A word of the sentence that one types. What is typed stays as it is, complete or not. */
export function Typed({ label, value, onChange, size = 'text', ...input }: TypedProps) {
  return (
    <TextInput
      size="xs"
      className={size === 'number' ? classes.number : classes.text}
      classNames={{ input: classes.fitted }}
      aria-label={label}
      value={value}
      autoComplete="off"
      spellCheck={false}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      {...input}
    />
  );
}

/** A word between the fields. */
export function Word({ children }: { children: string }) {
  return <span className={classes.word}>{children}</span>;
}
