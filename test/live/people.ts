import type { Random } from '../story/random.ts';

/** How many people there are: few, so that they meet, are merged, deleted and come back all the time. */
const people = 12;

/** A name as a caller may use it: the type of the identity and its value. No two types share a value. */
export interface Name {
  type: 'userId' | 'anonymousId' | 'customerId' | 'email';
  value: string;
}

/** One text for each name, by which the model knows it. */
export function keyOf({ type, value }: { type: string; value: string }): string {
  return `${type}:${value}`;
}

export type Person = number;

export function somebody(random: Random): Person {
  return random.below(people);
}

export const userIdOf = (person: Person) => `u${person}`;
export const customerIdOf = (person: Person) => `c${person}`;
export const emailOf = (person: Person) => `e${person}@example.com`;
export const anonymousIdOf = (person: Person, random: Random) => `a${person}-${random.below(2)}`;

/** Any name of somebody. */
export function someName(random: Random): Name {
  const person = somebody(random);
  return random.of<Name>([
    { type: 'userId', value: userIdOf(person) },
    { type: 'userId', value: userIdOf(person) },
    { type: 'anonymousId', value: anonymousIdOf(person, random) },
    { type: 'customerId', value: customerIdOf(person) },
    { type: 'email', value: emailOf(person) },
  ]);
}

/** The names of several people, each once; at most `max`. */
export function someNames(random: Random, max: number): string[] {
  return [...new Set(Array.from({ length: 1 + random.below(max) }, () => someName(random).value))];
}
