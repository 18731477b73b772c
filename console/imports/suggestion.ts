import { type Choice, type Filling, fillingOfName, type ImportKind, isIdentity, keyOf, nothing } from './filling.ts';
import type { Fixed } from './mapping.ts';

/** How columns of other programs are often called, without regard to case and to signs between the words. */
const names: readonly (readonly [Choice, readonly string[]])[] = [
  [
    'userId',
    ['userid', 'user', 'uid', 'customerid', 'customer', 'custid', 'clientid', 'memberid', 'accountid', 'personid'],
  ],
  ['anonymousId', ['anonymousid', 'anonid', 'visitorid', 'visitor', 'cookieid', 'deviceid', 'fullvisitorid']],
  ['email', ['email', 'emailaddress', 'mail', 'usermail', 'useremail', 'customeremail']],
  ['event', ['event', 'eventname', 'action', 'activity', 'eventtype']],
  [
    'timestamp',
    [
      ...[
        'timestamp',
        'time',
        'date',
        'datetime',
        'day',
        'at',
        'ts',
        'occurredat',
        'createdat',
        'eventtime',
        'eventdate',
      ],
      ...['orderdate', 'purchasedate', 'purchasedat', 'orderedat', 'invoicedate', 'transactiondate'],
    ],
  ],
  ['messageId', ['messageid', 'eventid', 'insertid', 'uuid']],
];

/** The value of an order, by which orders are added up. */
const revenue = [
  'revenue',
  'amount',
  'total',
  'dollars',
  'ordervalue',
  'ordertotal',
  'sales',
  'value',
  'totalprice',
  'spend',
];

/**
 * What every column probably fills: what its own name says, otherwise what columns called like it mostly mean. Nothing is filled
 * twice; what nobody can guess is left aside, because data that nobody asked for is better not there.
 */
export function suggestFillings(kind: ImportKind, header: readonly string[]): Filling[] {
  const fillings = header.map((column) => fillingOfName(kind, column));
  const filled = new Set(fillings.map((filling) => keyOf(kind, filling)));
  return fillings.map((filling, index) => {
    if (filling.choice !== 'nothing') return filling;
    const guess = guessOf(kind, header[index] ?? '');
    const key = keyOf(kind, guess);
    if (guess.choice === 'nothing' || filled.has(key)) return nothing;
    filled.add(key);
    return guess;
  });
}

function guessOf(kind: ImportKind, column: string): Filling {
  const word = column.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const choice = names.find(([, known]) => known.includes(word))?.[0];
  if (choice && (kind === 'events' || isIdentity({ ...nothing, choice }))) return { ...nothing, choice };
  if (kind === 'events' && revenue.includes(word)) return { choice: 'property', name: 'revenue', asText: false };
  return nothing;
}

/** A property or an attribute of the column's own name. */
export function asData(kind: ImportKind, column: string): Filling {
  const name = kind === 'events' ? column.split('.').filter(Boolean).join('.') : column;
  return name === '' ? nothing : { choice: kind === 'events' ? 'property' : 'attribute', name, asText: false };
}

/** Files that say when or what are mostly events; others are mostly lists of users. */
export function guessKind(header: readonly string[]): ImportKind {
  if (header.some((column) => column.startsWith('attribute:'))) return 'users';
  const fillings = suggestFillings('events', header);
  return fillings.some(({ choice }) => choice === 'event' || choice === 'timestamp' || choice === 'type')
    ? 'events'
    : 'users';
}

/** Events that no column names are all the same, mostly: what that is has to be said. */
export function firstFixed(kind: ImportKind, fillings: readonly Filling[]): Fixed[] {
  const isSaid = fillings.some(({ choice }) => choice === 'event' || choice === 'type');
  return kind === 'users' || isSaid || fillings.length === 0
    ? []
    : [{ filling: { ...nothing, choice: 'event' }, text: '' }];
}
