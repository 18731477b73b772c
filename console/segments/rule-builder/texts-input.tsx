import { Combobox, Pill, PillsInput, useCombobox } from '@mantine/core';
import { texts } from '../../texts/texts.ts';
import classes from './rule-builder.module.css';
import { type TextEntering, useTextEntries } from './use-text-entries.ts';

const suggestedMax = 50;

export interface Suggestion {
  value: string;
  /** What it is called here, where that is another word. */
  label?: string;
  /** How many there are of it. */
  beside?: string;
}

interface TextsProps {
  label: string;
  values: string[];
  onChange(values: string[]): void;
}

/** One text or several: Enter makes the next one, a copied column becomes one a line, and nothing is trimmed or changed. */
export function TextsInput({ label, values, onChange }: TextsProps) {
  const entering = useTextEntries(values, onChange, { isChoice: false, alone: undefined });
  const { entries, type, commit, onKeyDown, onPaste } = entering;
  return (
    <PillsInput size="xs" className={classes.texts}>
      <Pill.Group>
        <Pills entering={entering} />
        <PillsInput.Field
          aria-label={label}
          placeholder={entries.done.length > 0 ? texts.rules.fields.textHint : undefined}
          value={entries.typed}
          onChange={({ currentTarget }) => type(currentTarget.value)}
          onBlur={() => entries.done.length > 0 && commit()}
          {...{ onKeyDown, onPaste }}
          {...plain}
        />
      </Pill.Group>
    </PillsInput>
  );
}

const plain = { autoComplete: 'off', spellCheck: false } as const;

export interface NamesInputProps extends TextsProps {
  /** Others may be typed. */
  suggestions: readonly Suggestion[];
  /** A value that stands by itself: with it no other. */
  alone: string;
}

/** The same for names that the dataset holds, which are suggested. */
export function NamesInput({ label, values, onChange, suggestions, alone }: NamesInputProps) {
  const entering = useTextEntries(values, onChange, { isChoice: true, alone });
  const { entries, type, choose, commit, onKeyDown, onPaste } = entering;
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  return (
    <Combobox
      store={combobox}
      size="xs"
      width="max-content"
      position="bottom-start"
      onOptionSubmit={(value) => {
        choose(value);
        combobox.closeDropdown();
      }}
    >
      <Combobox.DropdownTarget>
        <PillsInput size="xs" className={classes.texts}>
          <Pill.Group>
            <Pills entering={entering} suggestions={suggestions} />
            <Combobox.EventsTarget withExpandedAttribute>
              <PillsInput.Field
                aria-label={label}
                value={entries.typed}
                onChange={({ currentTarget }) => {
                  type(currentTarget.value);
                  combobox.resetSelectedOption();
                  combobox.openDropdown();
                }}
                onClick={() => combobox.openDropdown()}
                onBlur={() => {
                  combobox.closeDropdown();
                  commit();
                }}
                onPaste={onPaste}
                onKeyDown={(event) => {
                  // With an option at hand, Enter takes that one.
                  if (event.key === 'Enter' && combobox.getSelectedOptionIndex() !== -1) return;
                  onKeyDown(event);
                  if (event.key === 'Enter') combobox.closeDropdown();
                }}
                {...plain}
              />
            </Combobox.EventsTarget>
          </Pill.Group>
        </PillsInput>
      </Combobox.DropdownTarget>
      <Suggestions label={label} entering={entering} suggestions={suggestions} />
    </Combobox>
  );
}

function Pills({ entering, suggestions = [] }: { entering: TextEntering; suggestions?: readonly Suggestion[] }) {
  return entering.entries.done.map((text, index) => (
    // The same text may be there twice, and pills have no state.
    <Pill key={`${index} ${text}`} size="xs" withRemoveButton onRemove={() => entering.removeAt(index)}>
      {text === '' ? texts.rules.fields.emptyText : (suggestions.find(({ value }) => value === text)?.label ?? text)}
    </Pill>
  ));
}

interface SuggestionsProps {
  label: string;
  entering: TextEntering;
  suggestions: readonly Suggestion[];
}

function Suggestions({ label, entering: { entries }, suggestions }: SuggestionsProps) {
  const wanted = entries.typed.toLowerCase();
  const fitting = suggestions
    .filter(({ value, label: name = value }) => !entries.done.includes(value) && name.toLowerCase().includes(wanted))
    .slice(0, suggestedMax);
  return (
    <Combobox.Dropdown hidden={fitting.length === 0}>
      <Combobox.Options aria-label={label} mah={260} className={classes.options}>
        {fitting.map(({ value, label: name = value, beside }) => (
          <Combobox.Option key={value} value={value}>
            <span className={classes.option}>
              <span>{name}</span>
              <span className={classes.beside}>{beside}</span>
            </span>
          </Combobox.Option>
        ))}
      </Combobox.Options>
    </Combobox.Dropdown>
  );
}
