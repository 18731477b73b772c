import type { ImportItem } from '../../src/imports/import-routes.ts';

export type ImportKind = ImportItem['kind'];

/** What a column of a file, or a text that is the same for every row, may fill; `nothing` leaves the column aside. */
export const choices = [
  'nothing',
  'userId',
  'customerId',
  'email',
  'anonymousId',
  'identity',
  'event',
  'timestamp',
  'type',
  'messageId',
  'property',
  'attribute',
  'name',
  'category',
  'groupId',
  'previousId',
] as const;
export type Choice = (typeof choices)[number];

export interface Filling {
  choice: Choice;
  /** Of the identity type, property or attribute; empty for what has its name already. */
  name: string;
  /** Only for properties and attributes: digits stay text, so that 0042 keeps its zeros. */
  asText: boolean;
}

export const nothing: Filling = { choice: 'nothing', name: '', asText: false };

const identities: readonly Choice[] = ['userId', 'customerId', 'email', 'anonymousId', 'identity'];
const eventFields = ['type', 'event', 'timestamp', 'messageId', 'previousId', 'groupId', 'name', 'category'] as const;

const identityTypePattern = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;
const textMark = '!text';

/** What a row of that kind can fill, in the order in which it is offered. */
export function choicesOf(kind: ImportKind): readonly Choice[] {
  const ofUsers: readonly Choice[] = ['nothing', ...identities, 'attribute'];
  return kind === 'events' ? choices : ofUsers;
}

export function isIdentity({ choice }: Filling): boolean {
  return identities.includes(choice);
}

export function needsName(choice: Choice): choice is 'identity' | 'property' | 'attribute' {
  return choice === 'identity' || choice === 'property' || choice === 'attribute';
}

/** What needs a name and has one that can be none. */
export function isMisnamed({ choice, name }: Filling): boolean {
  if (choice === 'identity') return !identityTypePattern.test(name);
  if (choice === 'property') return name.split('.').includes('');
  return choice === 'attribute' && name === '';
}

/** The name by which the API knows it: `userId`, `identity:email`, `properties.revenue`, `attribute:zip!text`. */
export function targetOf(kind: ImportKind, filling: Filling): string {
  return `${keyOf(kind, filling)}${filling.asText && filling.choice !== 'identity' ? textMark : ''}`;
}

/** The same for two that would fill the same thing. */
export function keyOf(kind: ImportKind, { choice, name }: Filling): string {
  switch (choice) {
    case 'email':
    case 'customerId':
      return `identity:${choice}`;
    case 'identity':
      return name === 'userId' || name === 'anonymousId' ? name : `identity:${name}`;
    case 'property':
      return `properties.${name}`;
    case 'attribute':
      return kind === 'events' ? `traits.${name}` : `attribute:${name}`;
    default:
      return choice;
  }
}

/** What a column fills by its own name where nobody says otherwise. */
export function fillingOfName(kind: ImportKind, column: string): Filling {
  const [prefix, choice] = prefixOf(kind, column);
  if (choice !== undefined) {
    const asText = choice !== 'identity' && column.endsWith(textMark);
    const name = column.slice(prefix.length, asText ? -textMark.length : undefined);
    const filling: Filling = { choice, name, asText };
    if (isMisnamed(filling)) return nothing;
    const known = choice === 'identity' ? identities.find((each) => each === name && each !== 'identity') : undefined;
    return known ? { ...nothing, choice: known } : filling;
  }
  if (column === 'userId' || column === 'anonymousId') return { ...nothing, choice: column };
  const field = eventFields.find((each) => each === column);
  return kind === 'events' && field ? { ...nothing, choice: field } : nothing;
}

function prefixOf(kind: ImportKind, column: string): [string, 'identity' | 'property' | 'attribute' | undefined] {
  const attribute = kind === 'events' ? 'traits.' : 'attribute:';
  if (column.startsWith('identity:')) return ['identity:', 'identity'];
  if (column.startsWith(attribute)) return [attribute, 'attribute'];
  if (kind === 'events' && column.startsWith('properties.')) return ['properties.', 'property'];
  return ['', undefined];
}
