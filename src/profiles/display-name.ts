import type { Identity } from '../identities/identity.ts';
import type { Json } from '../json.ts';
import type { Attribute } from './attributes.ts';

/** What people call a user: the name, else the e-mail address, else the userId. Null for somebody unknown. */
export function displayNameOf(
  attributes: Record<string, Attribute | null>,
  identities: readonly Identity[],
): string | null {
  const whole = textOf(attributes.name?.value);
  const parts = [textOf(attributes.firstName?.value), textOf(attributes.lastName?.value)].filter(Boolean).join(' ');
  return whole || parts || firstOf(identities, 'email') || firstOf(identities, 'userId');
}

/** The first identity of a type, by value: after a merge there may be several. */
export function firstOf(identities: readonly Identity[], type: string): string | null {
  return identities.find((identity) => identity.type === type)?.value ?? null;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}
