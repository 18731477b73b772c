import { texts } from '../../texts/texts.ts';
import { Choice, Word } from './choice.tsx';
import { DaysField } from './comparison-fields.tsx';
import type { PeriodDraft } from './condition-draft.ts';
import { TimeInput } from './time-input.tsx';

export interface PeriodFieldsProps {
  period: PeriodDraft;
  onChange(period: PeriodDraft): void;
}

/** Over which time events count. */
export function PeriodFields({ period, onChange }: PeriodFieldsProps) {
  const { fields } = texts.rules;
  const { form, days, range } = period;
  const [from, to] = range;
  return (
    <>
      <Choice
        label={fields.period}
        value={form}
        options={fields.periods}
        onChange={(chosen) => onChange({ ...period, form: chosen })}
      />
      {form === 'days' && (
        <DaysField value={days} onChange={(typed) => onChange({ ...period, days: typed })} isAgo={false} />
      )}
      {form === 'range' && (
        <>
          <TimeInput
            label={fields.periodFrom}
            value={from}
            onChange={(start) => onChange({ ...period, range: [start, to] })}
          />
          <Word>{fields.and}</Word>
          <TimeInput
            label={fields.periodTo}
            value={to}
            onChange={(end) => onChange({ ...period, range: [from, end] })}
          />
        </>
      )}
    </>
  );
}
