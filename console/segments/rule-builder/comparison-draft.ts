import { typedNumber, typedWhole } from './typed-number.ts';
import type { Gap, Json } from './written.ts';

export type ValueKind = 'text' | 'number' | 'boolean' | 'date' | 'list' | 'every';

/** Operators as one chooses them. `between` belongs to numbers and to dates in a rule; here it is known to which. */
export const operators = {
  text: ['equals', 'doesNotEqual', 'contains', 'doesNotContain'],
  number: ['equalTo', 'atLeast', 'atMost', 'betweenNumbers'],
  boolean: ['true', 'false'],
  date: ['today', 'inTheLast', 'moreThanDaysAgo', 'onOrAfter', 'onOrBefore', 'betweenTimes'],
  list: ['includesAny', 'includesAll', 'includesNone'],
  every: ['anyValue', 'noValue'],
} as const satisfies Record<ValueKind, readonly string[]>;

export const valueKinds = Object.keys(operators) as ValueKind[];
export type Operator = (typeof operators)[ValueKind][number];

/** What has to be said beside the operator. */
export type Operand = 'textOrTexts' | 'text' | 'texts' | 'number' | 'numbers' | 'days' | 'time' | 'times' | 'nothing';

const operands: Record<Operator, Operand> = {
  equals: 'textOrTexts',
  doesNotEqual: 'textOrTexts',
  contains: 'text',
  doesNotContain: 'text',
  equalTo: 'number',
  atLeast: 'number',
  atMost: 'number',
  betweenNumbers: 'numbers',
  true: 'nothing',
  false: 'nothing',
  today: 'nothing',
  inTheLast: 'days',
  moreThanDaysAgo: 'days',
  onOrAfter: 'time',
  onOrBefore: 'time',
  betweenTimes: 'times',
  includesAny: 'texts',
  includesAll: 'texts',
  includesNone: 'texts',
  anyValue: 'nothing',
  noValue: 'nothing',
};

/** What is asked of one value, as it was typed; what another operator needs stays here while one chooses. */
export interface ComparisonDraft {
  is: Operator;
  texts: string[];
  /** One text, said as a list of one. */
  listed: boolean;
  /** Of `betweenNumbers` both, otherwise the first. */
  numbers: [string, string];
  days: string;
  /** Days or moments; of `betweenTimes` both, otherwise the first. */
  times: [string, string];
}

export function newComparison(is: Operator): ComparisonDraft {
  return { is, texts: [], listed: false, numbers: ['', ''], days: '', times: ['', ''] };
}

export function operandOf(operator: Operator): Operand {
  return operands[operator];
}

export function kindOfOperator(operator: Operator): ValueKind {
  return valueKinds.find((kind) => (operators[kind] as readonly string[]).includes(operator)) ?? 'every';
}

/** Whether nothing has been said yet but the operator. */
export function isUntouched({ texts, numbers, days, times }: ComparisonDraft): boolean {
  return [...texts, ...numbers, days, ...times].every((typed) => typed === '');
}

/** Reads what it knows; whoever asks compares what this becomes again with what came (draft.ts). */
export function comparisonOf({ is, value, days }: Readonly<Record<string, unknown>>): ComparisonDraft | undefined {
  const operator = is === 'between' ? ofPair(value) : operatorOf(is);
  if (!operator) return undefined;
  const values = Array.isArray(value) ? value : [value];
  const [first, second] = values;
  const operand = operandOf(operator);
  return {
    ...newComparison(operator),
    texts: operand.startsWith('text') ? values.filter((each) => typeof each === 'string') : [],
    listed: operand === 'textOrTexts' && Array.isArray(value) && values.length === 1,
    numbers: operand.startsWith('number') ? [asTyped(first), asTyped(second)] : ['', ''],
    days: asTyped(days),
    times: operand.startsWith('time') ? [asText(first), asText(second)] : ['', ''],
  };
}

function operatorOf(is: unknown): Operator | undefined {
  return typeof is === 'string' && Object.hasOwn(operands, is) ? (is as Operator) : undefined;
}

function ofPair(value: unknown): Operator {
  const isOfTimes = Array.isArray(value) && value.some((each) => typeof each === 'string');
  return isOfTimes ? 'betweenTimes' : 'betweenNumbers';
}

/** A number of JSON as one would type it. */
export function asTyped(value: unknown): string {
  return typeof value === 'number' ? String(value) : '';
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The comparison as JSON, with null for what is missing, which is added to `gaps`. */
export function writtenComparison(draft: ComparisonDraft, gaps: Gap[]): Record<string, Json> {
  const is = draft.is === 'betweenNumbers' || draft.is === 'betweenTimes' ? 'between' : draft.is;
  const [firstNumber, secondNumber] = draft.numbers;
  const [firstTime, secondTime] = draft.times;
  switch (operandOf(draft.is)) {
    case 'nothing':
      return { is };
    case 'textOrTexts':
      return { is, value: textOrTexts(draft, gaps) };
    case 'text':
      return { is, value: said(draft.texts[0], 'text', 'value', gaps) };
    case 'texts':
      return { is, value: draft.texts.length > 0 ? draft.texts : missing('texts', 'value', gaps) };
    case 'number':
      return { is, value: writtenNumber(firstNumber, 'value', gaps) };
    case 'numbers':
      return { is, value: [firstNumber, secondNumber].map((typed) => writtenNumber(typed, 'value', gaps)) };
    case 'days':
      return { is, days: writtenDays(draft.days, 'days', gaps) };
    case 'time':
      return { is, value: writtenTime(firstTime, 'value', gaps) };
    case 'times':
      return { is, value: [firstTime, secondTime].map((typed) => writtenTime(typed, 'value', gaps)) };
  }
}

function textOrTexts({ texts, listed }: ComparisonDraft, gaps: Gap[]): Json {
  const [first] = texts;
  if (first === undefined) return missing('text', 'value', gaps);
  return texts.length > 1 || listed ? texts : first;
}

export function missing(what: Gap['what'], at: string, gaps: Gap[]): null {
  gaps.push({ what, at });
  return null;
}

/** A text that has to be there. */
export function said(text: string | undefined, what: Gap['what'], at: string, gaps: Gap[]): string | null {
  return text === undefined || text === '' ? missing(what, at, gaps) : text;
}

export function writtenNumber(typed: string, at: string, gaps: Gap[]): number | null {
  const value = typedNumber(typed);
  return typeof value === 'number' ? value : missing(value, at, gaps);
}

export function writtenDays(typed: string, at: string, gaps: Gap[]): number | null {
  const days = typedWhole(typed);
  return typeof days === 'number' ? days : missing(days === 'number' ? 'days' : 'wrongDays', at, gaps);
}

/** Browsers give a year while it is being typed, digit by digit: 0002, 0020, 0202. */
export function writtenTime(typed: string, at: string, gaps: Gap[]): string | null {
  return /^0/.test(typed) ? missing('time', at, gaps) : said(typed, 'time', at, gaps);
}
