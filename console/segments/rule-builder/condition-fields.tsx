import { Code } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { texts } from '../../texts/texts.ts';
import { ActionFields, LastActionFields } from './action-fields.tsx';
import { comparisonFor, kindsFor } from './attribute-kinds.ts';
import { Choice, Word, YesOrNo } from './choice.tsx';
import type { ValueKind } from './comparison-draft.ts';
import { ComparisonFields, NumberField } from './comparison-fields.tsx';
import type { ConditionDraft, ConditionKind } from './condition-draft.ts';
import { useEditor } from './editor-context.ts';
import { IdentityFields } from './identity-fields.tsx';
import { NameInput } from './name-input.tsx';
import { PeriodFields } from './period-fields.tsx';
import { ImportFields, SegmentFields } from './reference-fields.tsx';
import { vocabulary } from './vocabulary-queries.ts';

export interface FieldsProps<Kind extends ConditionKind = ConditionKind> {
  condition: Extract<ConditionDraft, { of: Kind }>;
  onChange(condition: ConditionDraft): void;
}

const numbers: readonly ValueKind[] = ['number'];
const moments: readonly ValueKind[] = ['date', 'every'];

/** The words and fields of a condition, in the order of its sentence. */
export function ConditionFields({ condition, onChange }: FieldsProps) {
  const { fields } = texts.rules;
  switch (condition.of) {
    case 'attribute':
      return <AttributeFields {...{ condition, onChange }} />;
    case 'action':
      return <ActionFields {...{ condition, onChange }} />;
    case 'lastAction':
      return <LastActionFields {...{ condition, onChange }} />;
    case 'orders':
      return <OrdersFields {...{ condition, onChange }} />;
    case 'visits':
      return <VisitsFields {...{ condition, onChange }} />;
    case 'profile':
      return (
        <ComparisonFields
          asked={condition.asked}
          onChange={(asked) => onChange({ ...condition, asked })}
          kinds={moments}
        />
      );
    case 'import':
      return <ImportFields {...{ condition, onChange }} />;
    case 'anonymous':
      return (
        <YesOrNo
          label={fields.anonymous}
          value={condition.anonymous}
          words={fields.anonymouses}
          onChange={(anonymous) => onChange({ ...condition, anonymous })}
        />
      );
    case 'identity':
      return <IdentityFields {...{ condition, onChange }} />;
    case 'segment':
      return <SegmentFields {...{ condition, onChange }} />;
    case 'sample':
      return <SampleFields {...{ condition, onChange }} />;
    case 'everyone':
      return <Word>{fields.everyone}</Word>;
    case 'json':
      return (
        <>
          <Code>{JSON.stringify(condition.json)}</Code>
          <Word>{fields.asJson}</Word>
        </>
      );
  }
}

function AttributeFields({ condition, onChange }: FieldsProps<'attribute'>) {
  const { fields } = texts.rules;
  const { data: attributes = [] } = useQuery(vocabulary.attributes(useEditor().dataset));
  const { name, asked } = condition;
  const known = attributes.find((each) => each.name === name);
  const rename = (typed: string) => {
    const attribute = attributes.find((each) => each.name === typed);
    onChange({ ...condition, name: typed, asked: comparisonFor(asked, attribute) });
  };
  return (
    <>
      <NameInput
        label={fields.attribute}
        value={name}
        suggestions={attributes.map((each) => ({ value: each.name, beside: fields.users(each.users) }))}
        onChange={rename}
      />
      <ComparisonFields
        asked={asked}
        onChange={(now) => onChange({ ...condition, asked: now })}
        kinds={kindsFor(known)}
      />
    </>
  );
}

function OrdersFields({ condition, onChange }: FieldsProps<'orders'>) {
  const { fields } = texts.rules;
  const { figure, asked, within } = condition;
  const isNumber = figure === 'count' || figure === 'value';
  const choose = (chosen: typeof figure) => {
    const isSame = isNumber === (chosen === 'count' || chosen === 'value');
    onChange({
      ...condition,
      figure: chosen,
      asked: isSame ? asked : { ...asked, is: isNumber ? 'inTheLast' : 'atLeast' },
    });
  };
  return (
    <>
      <Choice label={fields.figure} value={figure} options={fields.orderFigures} onChange={choose} isSubject />
      <ComparisonFields
        asked={asked}
        onChange={(now) => onChange({ ...condition, asked: now })}
        kinds={isNumber ? numbers : moments}
      />
      {isNumber && <PeriodFields period={within} onChange={(period) => onChange({ ...condition, within: period })} />}
    </>
  );
}

function VisitsFields({ condition, onChange }: FieldsProps<'visits'>) {
  const { fields } = texts.rules;
  const { figure, asked } = condition;
  const isNumber = figure === 'count';
  const choose = (chosen: typeof figure) => {
    const isSame = isNumber === (chosen === 'count');
    onChange({
      ...condition,
      figure: chosen,
      asked: isSame ? asked : { ...asked, is: isNumber ? 'inTheLast' : 'atLeast' },
    });
  };
  return (
    <>
      <Choice label={fields.figure} value={figure} options={fields.visitFigures} onChange={choose} isSubject />
      <ComparisonFields
        asked={asked}
        onChange={(now) => onChange({ ...condition, asked: now })}
        kinds={isNumber ? numbers : moments}
      />
    </>
  );
}

function SampleFields({ condition, onChange }: FieldsProps<'sample'>) {
  const { fields } = texts.rules;
  const { from, to } = condition;
  return (
    <>
      <Word>{fields.from}</Word>
      <NumberField
        label={fields.sampleFrom}
        value={from}
        onChange={(typed) => onChange({ ...condition, from: typed })}
      />
      <Word>{fields.upTo}</Word>
      <NumberField label={fields.sampleTo} value={to} onChange={(typed) => onChange({ ...condition, to: typed })} />
      <Word>{fields.percent}</Word>
    </>
  );
}
