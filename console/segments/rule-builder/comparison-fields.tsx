import { texts } from '../../texts/texts.ts';
import { Choice, Typed, Word } from './choice.tsx';
import { type ComparisonDraft, type Operator, operandOf, operators, type ValueKind } from './comparison-draft.ts';
import { TextsInput } from './texts-input.tsx';
import { TimeInput } from './time-input.tsx';

export interface ComparisonFieldsProps {
  asked: ComparisonDraft;
  onChange(asked: ComparisonDraft): void;
  /** Kinds of values that this can be asked of, the likeliest first. */
  kinds: readonly ValueKind[];
}

/** An operator, and what it needs. */
export function ComparisonFields({ asked, onChange, kinds }: ComparisonFieldsProps) {
  return (
    <>
      <OperatorChoice is={asked.is} kinds={kinds} onChange={(is) => onChange({ ...asked, is })} />
      <Operands asked={asked} onChange={onChange} />
    </>
  );
}

interface OperatorChoiceProps {
  is: Operator;
  kinds: readonly ValueKind[];
  onChange(is: Operator): void;
}

function OperatorChoice({ is, kinds, onChange }: OperatorChoiceProps) {
  const { valueKinds, operator, operators: words } = texts.rules;
  const ofKind = (kind: ValueKind) => operators[kind].map((value: Operator) => ({ value, label: words[value] }));
  const groups = kinds.map((kind) => ({ group: valueKinds[kind], items: ofKind(kind) }));
  return <Choice label={operator} value={is} options={groups} onChange={onChange} />;
}

/** What stands after the operator. */
export function Operands({ asked, onChange }: Omit<ComparisonFieldsProps, 'kinds'>) {
  const { fields } = texts.rules;
  const set = (change: Partial<ComparisonDraft>) => onChange({ ...asked, ...change });
  const [firstNumber, secondNumber] = asked.numbers;
  const [firstTime, secondTime] = asked.times;
  switch (operandOf(asked.is)) {
    case 'nothing':
      return null;
    case 'text':
      return (
        <Typed
          label={fields.text}
          value={asked.texts[0] ?? ''}
          onChange={(text) => set({ texts: text === '' ? [] : [text, ...asked.texts.slice(1)] })}
        />
      );
    case 'textOrTexts':
      return (
        <TextsInput label={fields.text} values={asked.texts} onChange={(all) => set({ texts: all, listed: false })} />
      );
    case 'texts':
      return <TextsInput label={fields.texts} values={asked.texts} onChange={(all) => set({ texts: all })} />;
    case 'number':
      return (
        <NumberField
          label={fields.number}
          value={firstNumber}
          onChange={(first) => set({ numbers: [first, secondNumber] })}
        />
      );
    case 'numbers':
      return <NumberRange numbers={asked.numbers} onChange={(numbers) => set({ numbers })} />;
    case 'days':
      return <DaysField value={asked.days} onChange={(days) => set({ days })} isAgo={asked.is === 'moreThanDaysAgo'} />;
    case 'time':
      return (
        <TimeInput label={fields.time} value={firstTime} onChange={(first) => set({ times: [first, secondTime] })} />
      );
    case 'times':
      return <TimeRange times={asked.times} onChange={(times) => set({ times })} />;
  }
}

interface NumberRangeProps {
  numbers: ComparisonDraft['numbers'];
  onChange(numbers: ComparisonDraft['numbers']): void;
}

function NumberRange({ numbers: [low, high], onChange }: NumberRangeProps) {
  const { fields } = texts.rules;
  return (
    <>
      <NumberField label={fields.low} value={low} onChange={(value) => onChange([value, high])} />
      <Word>{fields.and}</Word>
      <NumberField label={fields.high} value={high} onChange={(value) => onChange([low, value])} />
    </>
  );
}

interface TimeRangeProps {
  times: ComparisonDraft['times'];
  onChange(times: ComparisonDraft['times']): void;
}

function TimeRange({ times: [from, to], onChange }: TimeRangeProps) {
  const { fields } = texts.rules;
  return (
    <>
      <TimeInput label={fields.timeFrom} value={from} onChange={(value) => onChange([value, to])} />
      <Word>{fields.and}</Word>
      <TimeInput label={fields.timeTo} value={to} onChange={(value) => onChange([from, value])} />
    </>
  );
}

interface FieldProps {
  value: string;
  onChange(value: string): void;
}

export function NumberField({ label, ...field }: FieldProps & { label: string }) {
  return <Typed label={label} size="number" inputMode="decimal" {...field} />;
}

export function DaysField({ isAgo, ...field }: FieldProps & { isAgo: boolean }) {
  const { fields } = texts.rules;
  return (
    <>
      <Typed label={fields.days} size="number" inputMode="numeric" {...field} />
      <Word>{isAgo ? fields.daysAgo : fields.daysUnit}</Word>
    </>
  );
}
