import type { Json } from '../json.ts';

/** What is known about one attribute, as `profile.attributes` holds it under its name. */
export interface Attribute {
  value: Json;
  /** The moment of the message that brought it, epoch milliseconds. */
  at: number;
  /** Where it came from: `import`, `identify`, … */
  from: string;
  /** Came from a trusted source (an import, a token) and not from a page. */
  trusted?: true;
}

/** By name. A Map, because a name may be `__proto__`. */
export type Attributes = Map<string, Attribute>;

export function readAttributes(stored: Record<string, Attribute>): Attributes {
  return new Map(Object.entries(stored));
}

export function storeAttributes(attributes: Attributes): string {
  return JSON.stringify(Object.fromEntries(attributes));
}

/** On a conflict a trusted source wins over a page, and within a rank the newest; what came later wins over an equal moment. */
function prevails(next: Attribute, present: Attribute | undefined): boolean {
  if (!present) return true;
  if (next.trusted !== present.trusted) return next.trusted === true;
  return next.at >= present.at;
}

/**
 * Sets attributes; `null` removes one where it prevails over what is there. A removal leaves nothing behind, so an older
 * value that arrives after it is set again.
 */
export function setAttributes(
  attributes: Attributes,
  traits: Readonly<Record<string, Json>>,
  source: Omit<Attribute, 'value'>,
): void {
  for (const [name, value] of Object.entries(traits)) {
    const next = { value, ...source };
    if (!prevails(next, attributes.get(name))) continue;
    if (value === null) attributes.delete(name);
    else attributes.set(name, next);
  }
}

/** How many attributes these traits would add to those that are there. */
export function countAdded(attributes: Attributes, traits: Readonly<Record<string, Json>>): number {
  return Object.entries(traits).filter(([name, value]) => value !== null && !attributes.has(name)).length;
}

/** The attributes of a merged profile; of two that are equal in rank and moment the survivor's stays. */
export function mergeAttributes(survivor: Attributes, losers: readonly Attributes[]): Attributes {
  const merged = new Map(survivor);
  for (const loser of losers) {
    for (const [name, attribute] of loser) {
      const present = merged.get(name);
      if (!present || !prevails(present, attribute)) merged.set(name, attribute);
    }
  }
  return merged;
}
