import { ActionIcon } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import { texts } from '../../texts/texts.ts';
import { Typed, Word } from './choice.tsx';
import classes from './rule-builder.module.css';

const day = /^\d{4}-\d\d-\d\d$/;
/** What the browser's own field for a moment can hold, here in UTC. */
const plainMoment = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)Z$/;

export interface TimeInputProps {
  label: string;
  value: string;
  onChange(value: string): void;
}

/** A UTC day, or on request a moment. One that is written in another way, with an offset say, stays as it is written. */
export function TimeInput({ label, value, onChange }: TimeInputProps) {
  const { fields } = texts.rules;
  const [wantsMoment, setWantsMoment] = useState(false);
  const isMoment = value === '' ? wantsMoment : !day.test(value);
  const toggle = () => {
    setWantsMoment(!isMoment);
    if (value !== '') onChange(isMoment ? value.slice(0, 10) : `${value}T00:00:00Z`);
  };
  return (
    <span className={classes.together}>
      {isMoment ? (
        <MomentField label={label} value={value} onChange={onChange} />
      ) : (
        <DayField {...{ label, value, onChange }} />
      )}
      <ActionIcon
        variant={isMoment ? 'light' : 'subtle'}
        color={isMoment ? 'ink' : 'gray'}
        size={30}
        aria-pressed={isMoment}
        aria-label={fields.asMoment(label)}
        title={fields.asMoment(label)}
        onClick={toggle}
      >
        <IconClock size={15} aria-hidden />
      </ActionIcon>
    </span>
  );
}

function DayField({ label, value, onChange }: TimeInputProps) {
  return <Typed label={label} type="date" min="1000-01-01" max="9998-12-31" value={value} onChange={onChange} />;
}

function MomentField({ label, value, onChange }: TimeInputProps) {
  const [, plain] = plainMoment.exec(value) ?? [];
  if (value !== '' && plain === undefined) return <Typed label={label} value={value} onChange={onChange} />;
  return (
    <>
      <Typed
        label={label}
        type="datetime-local"
        step="1"
        value={plain ?? ''}
        onChange={(typed) => onChange(typed === '' ? '' : `${typed.length === 16 ? `${typed}:00` : typed}Z`)}
      />
      <Word>{texts.rules.fields.utc}</Word>
    </>
  );
}
