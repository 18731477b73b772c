import { identityTypePattern } from '../identities/identity.ts';

/** What an import brings: things that users did, or the users themselves. */
export const importKinds = ['events', 'users'] as const;
export type ImportKind = (typeof importKinds)[number];

/** What one column of a file fills. `asText`: a cell of digits stays text. */
export type Target =
  | { to: 'field'; field: EventField }
  | { to: 'identity'; type: string }
  | { to: 'property'; path: string[]; asText: boolean }
  | { to: 'attribute'; name: string; asText: boolean };

const eventFields = ['type', 'event', 'timestamp', 'messageId', 'previousId', 'groupId', 'name', 'category'] as const;
export type EventField = (typeof eventFields)[number];

export const targetsOfKind: Record<ImportKind, string> = {
  events: `userId, anonymousId, identity:<type>, ${eventFields.join(', ')}, properties.<name>, traits.<name>`,
  users: 'userId, anonymousId, identity:<type>, attribute:<name>',
};

/**
 * What the name of a column, or a target of `map` or `values`, means; undefined when it means nothing for that kind.
 * `properties.a.b` goes into the object `a`, where a rule's `"a.b"` finds it; names of attributes are taken as they are.
 */
export function readTarget(kind: ImportKind, name: string): Target | undefined {
  if (name === 'userId' || name === 'anonymousId') return { to: 'identity', type: name };
  if (name.startsWith('identity:')) {
    const type = name.slice('identity:'.length);
    return identityTypePattern.test(type) ? { to: 'identity', type } : undefined;
  }
  if (kind === 'users') return attribute(name, 'attribute:');
  const field = eventFields.find((known) => known === name);
  if (field) return { to: 'field', field };
  return property(name) ?? attribute(name, 'traits.');
}

function property(name: string): Target | undefined {
  if (!name.startsWith('properties.')) return undefined;
  const { rest, asText } = textMark(name.slice('properties.'.length));
  const path = rest.split('.');
  return path.includes('') ? undefined : { to: 'property', path, asText };
}

function attribute(name: string, prefix: string): Target | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const { rest, asText } = textMark(name.slice(prefix.length));
  return rest === '' ? undefined : { to: 'attribute', name: rest, asText };
}

function textMark(name: string): { rest: string; asText: boolean } {
  return name.endsWith('!text')
    ? { rest: name.slice(0, -'!text'.length), asText: true }
    : { rest: name, asText: false };
}

/** The same for two columns that would fill the same thing. */
export function targetKey(target: Target): string {
  switch (target.to) {
    case 'field':
      return target.field;
    case 'identity':
      return `identity:${target.type}`;
    case 'property':
      return `properties.${target.path.join('.')}`;
    case 'attribute':
      return `attribute:${target.name}`;
  }
}
