import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { texts } from '../../texts/texts.ts';
import { Choice, Typed, Word, YesOrNo } from './choice.tsx';
import { DaysField } from './comparison-fields.tsx';
import type { ActionsDraft } from './condition-draft.ts';
import type { FieldsProps } from './condition-fields.tsx';
import { useEditor } from './editor-context.ts';
import { PeriodFields } from './period-fields.tsx';
import classes from './rule-builder.module.css';
import { NamesInput } from './texts-input.tsx';
import { vocabulary } from './vocabulary-queries.ts';
import { AddWhere, WhereLines } from './where-lines.tsx';

/** "did · Purchase · at least 2 times · in the last 30 days · where revenue is at least 50" */
export function ActionFields({ condition, onChange }: FieldsProps<'action'>) {
  const { fields, kinds } = texts.rules;
  const { actions, did, times, within, where } = condition;
  const setWhere = (lines: typeof where) => onChange({ ...condition, where: lines });
  return (
    <>
      <YesOrNo
        label={fields.did}
        value={did}
        words={fields.didIt}
        onChange={(now) => onChange({ ...condition, did: now })}
      />
      <ActionNames actions={actions} onChange={(names) => onChange({ ...condition, actions: names })} />
      <Word>{fields.atLeast}</Word>
      <Typed
        label={fields.times}
        size="number"
        inputMode="numeric"
        value={times}
        onChange={(typed) => onChange({ ...condition, times: typed, onceSaid: false })}
      />
      <Word>{times.trim() === '1' ? fields.time1 : fields.timesUnit}</Word>
      <PeriodFields period={within} onChange={(period) => onChange({ ...condition, within: period })} />
      <AddWhere where={where} onChange={setWhere} of={kinds.action} />
      <WhereLines where={where} onChange={setWhere} />
    </>
  );
}

/** "last did it · more than 90 days ago · or never" */
export function LastActionFields({ condition, onChange }: FieldsProps<'lastAction'>) {
  const { fields, kinds } = texts.rules;
  const { actions, recency, days, orNever, where } = condition;
  const setWhere = (lines: typeof where) => onChange({ ...condition, where: lines });
  return (
    <>
      <Word>{fields.last}</Word>
      <ActionNames actions={actions} onChange={(names) => onChange({ ...condition, actions: names })} />
      <Choice
        label={fields.recency}
        value={recency}
        options={fields.recencies}
        onChange={(chosen) => onChange({ ...condition, recency: chosen })}
      />
      <DaysField value={days} onChange={(typed) => onChange({ ...condition, days: typed })} isAgo />
      <Checkbox
        size="xs"
        className={classes.check}
        label={fields.orNever}
        checked={orNever === true}
        onChange={({ currentTarget }) => onChange({ ...condition, orNever: currentTarget.checked ? true : undefined })}
      />
      <AddWhere where={where} onChange={setWhere} of={kinds.lastAction} />
      <WhereLines where={where} onChange={setWhere} />
    </>
  );
}

interface ActionNamesProps {
  actions: ActionsDraft;
  onChange(actions: ActionsDraft): void;
}

const anyAction = '*';

function ActionNames({ actions, onChange }: ActionNamesProps) {
  const { fields } = texts.rules;
  const { data = [] } = useQuery(vocabulary.actions(useEditor().dataset));
  const suggestions = [
    { value: anyAction, label: fields.anyAction },
    ...data.map(({ action, events }) => ({ value: action, beside: fields.events(events) })),
  ];
  return (
    <NamesInput
      label={fields.action}
      values={actions.names}
      suggestions={suggestions}
      alone={anyAction}
      onChange={(names) => onChange({ names, listed: false })}
    />
  );
}
