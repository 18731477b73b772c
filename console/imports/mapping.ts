import { readMoment } from '../../src/events/moment.ts';
import {
  type Filling,
  fillingOfName,
  type ImportKind,
  isIdentity,
  isMisnamed,
  keyOf,
  needsName,
  targetOf,
} from './filling.ts';

export interface Column {
  /** As the first line of the file says. */
  name: string;
  filling: Filling;
}

/** Every row gets the same text. */
export interface Fixed {
  filling: Filling;
  text: string;
}

/** How a CSV file is meant. */
export interface Mapping {
  kind: ImportKind;
  columns: readonly Column[];
  fixed: readonly Fixed[];
}

/** Why a mapping cannot be imported; `at` says where it is put right. */
export interface Fault {
  code:
    | 'columnTwice'
    | 'noIdentity'
    | 'noEvent'
    | 'filledTwice'
    | 'misnamed'
    | 'within'
    | 'noText'
    | 'noMoment'
    | 'tooLong';
  at: { column: number } | { fixed: number } | 'mapping';
  /** A target or a column. */
  name: string;
}

/** Longest query string of an upload, in characters: servers and proxies take no longer addresses. */
const queryLengthMax = 6_000;

/** What the server would refuse the file for, asked before it is sent. */
export function faultsOf(mapping: Mapping): Fault[] {
  const { kind, columns, fixed } = mapping;
  const filled = [
    ...columns.map(({ filling }, column) => ({ filling, at: { column } })),
    ...fixed.map(({ filling }, index) => ({ filling, at: { fixed: index } })),
  ].filter(({ filling }) => filling.choice !== 'nothing');
  const faults: Fault[] = [...faultsOfEach(kind, filled), ...faultsOfFixed(fixed), ...columnsTwice(columns)];
  if (!filled.some(({ filling }) => isIdentity(filling))) faults.push({ code: 'noIdentity', at: 'mapping', name: '' });
  if (lacksEvent(mapping, filled)) faults.push({ code: 'noEvent', at: 'mapping', name: '' });
  if (queryOfMapping(mapping).length > queryLengthMax) faults.push({ code: 'tooLong', at: 'mapping', name: '' });
  return faults;
}

interface Filled {
  filling: Filling;
  at: { column: number } | { fixed: number };
}

function faultsOfEach(kind: ImportKind, filled: readonly Filled[]): Fault[] {
  const keys = filled.map(({ filling }) => keyOf(kind, filling));
  return filled.flatMap(({ filling, at }, index): Fault[] => {
    const key = keys[index] ?? '';
    if (isMisnamed(filling)) return [{ code: 'misnamed', at, name: key }];
    if (keys.indexOf(key) !== index) return [{ code: 'filledTwice', at, name: key }];
    const isWithin = filling.choice === 'property' && keys.some((other) => other.startsWith(`${key}.`));
    return isWithin ? [{ code: 'within', at, name: key }] : [];
  });
}

function faultsOfFixed(fixed: readonly Fixed[]): Fault[] {
  return fixed.flatMap(({ filling, text }, index): Fault[] => {
    const at = { fixed: index };
    if (filling.choice === 'nothing' || text.trim() === '') return [{ code: 'noText', at, name: filling.choice }];
    const isWrong = filling.choice === 'timestamp' && !readMoment(text);
    return isWrong ? [{ code: 'noMoment', at, name: filling.choice }] : [];
  });
}

function columnsTwice(columns: readonly Column[]): Fault[] {
  const names = columns.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  return twice === -1 ? [] : [{ code: 'columnTwice', at: { column: twice }, name: names[twice] ?? '' }];
}

/** A track, which a row is unless it says otherwise, needs the name of an event. */
function lacksEvent({ kind, fixed }: Mapping, filled: readonly Filled[]): boolean {
  const has = (choice: Filling['choice']) => filled.some(({ filling }) => filling.choice === choice);
  const isTrack = fixed.some(({ filling, text }) => filling.choice === 'type' && text === 'track');
  return kind === 'events' && !has('event') && (isTrack || !has('type'));
}

/** What the upload says about the columns: only what their names do not say already. */
export function queryOfMapping({ kind, columns, fixed }: Mapping): string {
  const map = columns.flatMap(({ name, filling }) => {
    const target = targetOf(kind, filling);
    return filling.choice === 'nothing' || target === name ? [] : [[target, name]];
  });
  const values = fixed.map(({ filling, text }) => [targetOf(kind, filling), text]);
  const ignore = columns
    .filter(({ name, filling }) => filling.choice === 'nothing' && fillingOfName(kind, name).choice !== 'nothing')
    .map(({ name }) => name);
  const query = new URLSearchParams({ kind });
  if (map.length > 0) query.set('map', JSON.stringify(Object.fromEntries(map)));
  if (values.length > 0) query.set('values', JSON.stringify(Object.fromEntries(values)));
  if (ignore.length > 0) query.set('ignore', JSON.stringify(ignore));
  return String(query);
}

/** The same filling with another choice; a name is kept where it still fits, or else is the column's. */
export function chosen(filling: Filling, choice: Filling['choice'], column: string): Filling {
  if (!needsName(choice)) return { choice, name: '', asText: false };
  const name = filling.name === '' ? column : filling.name;
  return { choice, name, asText: choice === 'identity' ? false : filling.asText };
}
