import { Checkbox, Group, Text, TextInput } from '@mantine/core';
import { useId } from 'react';
import { texts } from '../texts/texts.ts';
import { count } from '../ui/numbers.ts';
import { readNumber } from './confirmed-number.ts';
import classes from './deletion.module.css';

export interface ConsentProps {
  users: number;
  usersAtOpening: number;
  consent: boolean;
  onConsent(consent: boolean): void;
  typed: string;
  onType(typed: string): void;
}

const { dialog } = texts.deletions;

/** The two things that nobody does by accident: a checkbox that is never ticked before, and the exact number, typed. */
export function Consent({ users, usersAtOpening, consent, onConsent, typed, onType }: ConsentProps) {
  const id = useId();
  return (
    <div className={classes.part}>
      {usersAtOpening !== users && (
        <Text role="alert" className={classes.changed} mb="sm">
          {dialog.changed(users, usersAtOpening)}
        </Text>
      )}
      <Checkbox
        label={dialog.consent}
        checked={consent}
        onChange={(event) => onConsent(event.currentTarget.checked)}
        color="danger"
      />
      <Group mt="sm" gap="sm">
        <Text component="label" htmlFor={id} size="sm">
          {dialog.number}
        </Text>
        <TextInput
          id={id}
          value={typed}
          onChange={(event) => onType(event.currentTarget.value)}
          inputMode="numeric"
          autoComplete="off"
          className={classes.typed}
          error={isMistyped(typed, users) ? dialog.numberWrong(count(users)) : undefined}
        />
      </Group>
    </div>
  );
}

/** Nobody is corrected in the middle of typing. */
function isMistyped(typed: string, users: number): boolean {
  return typed.trim().length >= String(users).length && readNumber(typed) !== users;
}
