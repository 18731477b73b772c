import type {
  ActionCondition,
  Actions,
  Comparison,
  Condition,
  LastActionCondition,
  Period,
  PropertyCondition,
} from '../../../src/segments/rule.ts';
import { utcDay } from '../../ui/moments.ts';
import { count } from '../../ui/numbers.ts';

/** Texts of a list that a sentence shows. */
const shownMax = 10;

function quoted(text: string): string {
  return `“${text}”`;
}

function several(texts: readonly string[], word: 'or' | 'and'): string {
  const shown = texts.slice(0, shownMax).map(quoted);
  const more = texts.length - shown.length;
  const all = more > 0 ? [...shown, `${count(more)} more`] : shown;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} ${word} ${all.at(-1)}`;
}

/** A number as exact as it is. */
function numeral(value: number): string {
  return new Intl.NumberFormat(undefined, { maximumSignificantDigits: 17 }).format(value);
}

function days(number: number): string {
  return number === 1 ? '1 day' : `${count(number)} days`;
}

/** A day of a rule is a UTC day; a moment is shown as it was written, which says its zone. */
function time(text: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? utcDay(text) : text.replace(/[Tt]/, ' ').replace(/[Zz]$/, ' UTC');
}

function comparison(asked: Comparison): string {
  switch (asked.is) {
    case 'equals':
      return typeof asked.value === 'string'
        ? `equals ${quoted(asked.value)}`
        : `is one of ${several(asked.value, 'or')}`;
    case 'doesNotEqual':
      return typeof asked.value === 'string'
        ? `does not equal ${quoted(asked.value)}`
        : `is none of ${several(asked.value, 'or')}`;
    case 'contains':
      return `contains ${quoted(asked.value)}`;
    case 'doesNotContain':
      return `does not contain ${quoted(asked.value)}`;
    case 'equalTo':
      return `is equal to ${numeral(asked.value)}`;
    case 'atLeast':
      return `is at least ${numeral(asked.value)}`;
    case 'atMost':
      return `is at most ${numeral(asked.value)}`;
    case 'between':
      return `is between ${asked.value.map((end) => (typeof end === 'number' ? numeral(end) : time(end))).join(' and ')}`;
    case 'true':
    case 'false':
      return `is ${asked.is}`;
    case 'includesAny':
      return `includes ${several(asked.value, 'or')}`;
    case 'includesAll':
      return `includes ${several(asked.value, 'and')}`;
    case 'includesNone':
      return `includes none of ${several(asked.value, 'or')}`;
    default:
      return momentOrPresence(asked);
  }
}

type MomentOrPresence = Extract<
  Comparison,
  { is: 'today' | 'inTheLast' | 'moreThanDaysAgo' | 'onOrAfter' | 'onOrBefore' | 'anyValue' | 'noValue' }
>;

function momentOrPresence(asked: MomentOrPresence): string {
  switch (asked.is) {
    case 'today':
      return 'is today';
    case 'inTheLast':
      return `is in the last ${days(asked.days)}`;
    case 'moreThanDaysAgo':
      return `is more than ${days(asked.days)} ago`;
    case 'onOrAfter':
      return `is on or after ${time(asked.value)}`;
    case 'onOrBefore':
      return `is on or before ${time(asked.value)}`;
    case 'anyValue':
      return 'has any value';
    case 'noValue':
      return 'has no value';
  }
}

function actions(names: Actions): string {
  if (names === '*') return 'anything';
  return typeof names === 'string' ? quoted(names) : several(names, 'or');
}

function period(within: Period | undefined): string {
  if (!within) return '';
  if ('days' in within) return ` in the last ${days(within.days)}`;
  const { from, to } = within;
  if (from === undefined) return to === undefined ? '' : ` before ${time(to)}`;
  return to === undefined ? ` from ${time(from)} on` : ` from ${time(from)} to before ${time(to)}`;
}

function where(lines: readonly PropertyCondition[] | undefined): string {
  if (!lines || lines.length === 0) return '';
  return `, where ${lines.map((line) => `${line.property} ${comparison(line)}`).join(' and ')}`;
}

function action({ action: names, did, atLeast = 1, within, where: lines }: ActionCondition): string {
  const often = atLeast === 1 ? '' : ` at least ${count(atLeast)} times`;
  return `${did ? 'Did' : 'Did not do'} ${actions(names)}${often}${period(within)}${where(lines)}`;
}

function lastAction(condition: LastActionCondition): string {
  const { lastAction: names, moreThanDaysAgo, lessThanDaysAgo = 0, orNever, where: lines } = condition;
  const ago =
    moreThanDaysAgo === undefined ? `less than ${days(lessThanDaysAgo)} ago` : `more than ${days(moreThanDaysAgo)} ago`;
  return `Last did ${actions(names)} ${ago}${where(lines)}${orNever ? ', or never did' : ''}`;
}

const figures = {
  count: 'Number of orders',
  value: 'Value of orders',
  firstAt: 'First order',
  lastAt: 'Last order',
} as const;
const visits = { count: 'Visit count', firstActivity: 'First activity', lastActivity: 'Last activity' } as const;

/** Names of what a rule knows by id. */
export interface Names {
  segment(id: string): string;
  import(id: string): string;
}

function condition(asked: Condition, names: Names): string {
  if ('everyone' in asked) return 'Everybody';
  if ('attribute' in asked) return `Attribute ${quoted(asked.attribute)} ${comparison(asked)}`;
  if ('action' in asked) return action(asked);
  if ('lastAction' in asked) return lastAction(asked);
  if ('orders' in asked)
    return `${figures[asked.orders]} ${comparison(asked)}${'within' in asked ? period(asked.within) : ''}`;
  if ('visits' in asked) return `${visits[asked.visits]} ${comparison(asked)}`;
  if ('profile' in asked) return `Here since a moment that ${comparison(asked)}`;
  if ('import' in asked) return `${asked.created ? 'Created' : 'Touched'} by the import ${names.import(asked.import)}`;
  if ('anonymous' in asked) return asked.anonymous ? 'Is anonymous' : 'Is not anonymous';
  if ('present' in asked)
    return `${asked.present ? 'Has an identity' : 'Has no identity'} of type ${quoted(asked.identity)}`;
  if ('identity' in asked) return `Identity ${quoted(asked.identity)} ${comparison(asked)}`;
  if ('segment' in asked)
    return `${asked.member ? 'Belongs' : 'Does not belong'} to the segment ${quoted(names.segment(asked.segment))}`;
  return `In the share of users from ${numeral(asked.sample.from)} % up to ${numeral(asked.sample.to)} %`;
}

/** A rule in sentences. */
export const words = {
  condition,
  all: 'All of these hold:',
  any: 'At least one of these holds:',
  none: 'None of these holds:',
  not: 'This does not hold:',
  asJson: 'As JSON:',
} as const;
