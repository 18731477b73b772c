import type { DatasetDb } from '../../src/database/handle.ts';
import type { Json } from '../../src/json.ts';
import { canonical } from './json-text.ts';
import { type KeptEvent, readEvents, readUsers } from './kept-sql.ts';
import { type Ledger, People } from './ledger.ts';
import type { Meaning } from './meaning.ts';

/** From the first request to the last answer, epoch milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/**
 * Compares everything in the dataset with what the answers promised: the same users by the same names, the same events exactly once, as they
 * were sent, with the right user, and the attributes of every user. Answers what differs, each named by up to five examples.
 */
export async function whatDiffers(ds: DatasetDb, { taken }: Ledger, span: Span): Promise<string[]> {
  const people = new People();
  for (const { names } of taken) people.join(names);
  const groups = people.groups();
  const userOf = (names: readonly string[]) => (groups.get(names[0] as string) as string[]).join('\n');
  const users = await readUsers(ds);
  const namesOf = new Map(users.map(({ id, names }) => [id, names.sort().join('\n')]));
  const events = await readEvents(ds);
  const kept = events.map((event) => ({ ...event, key: keyOf(event, namesOf.get(event.profileId) ?? 'nobody') }));
  const sent = taken.flatMap(({ names, event }) =>
    event ? [{ at: event.at, key: `${event.action}\n${canonical(event.properties)}\n${userOf(names)}` }] : [],
  );
  const attributes = expectedAttributes(taken, userOf);
  return [
    ...differences('users', [...new Set([...groups.values()].map((names) => names.join('\n')))], [...namesOf.values()]),
    ...differences(
      'events',
      sent.map(({ key }) => key),
      kept.map(({ key }) => key),
    ),
    ...differences(
      'attributes',
      [...attributes].map(([names, own]) => `${names}\n${own}`),
      users
        .map(({ id, attributes: own }) => ({ names: namesOf.get(id) as string, own }))
        .filter(({ names }) => attributes.has(names))
        .map(({ names, own }) => `${names}\n${valuesOf(own)}`),
    ),
    ...wrongMoments(sent, kept, span),
  ];
}

function keyOf({ action, properties }: KeptEvent, names: string): string {
  return `${action}\n${canonical(JSON.parse(properties ?? '{}') as Json)}\n${names}`;
}

/** By user; users whose attributes came in several messages are left out, because which won depends on moments. */
function expectedAttributes(taken: readonly Meaning[], userOf: (names: string[]) => string): Map<string, string> {
  const expected = new Map<string, string>();
  const several = new Set<string>();
  for (const { names, traits } of taken) {
    const user = userOf(names);
    const own = Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== null));
    if (Object.keys(traits).length === 0) continue;
    if (expected.has(user)) several.add(user);
    expected.set(user, canonical(own));
  }
  for (const { names } of taken) if (!expected.has(userOf(names))) expected.set(userOf(names), canonical({}));
  for (const user of several) expected.delete(user);
  return expected;
}

function valuesOf(attributes: string): string {
  const all = JSON.parse(attributes) as Record<string, { value: Json }>;
  return canonical(Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value])));
}

/** What is in one of two lists more often than in the other. */
function differences(what: string, expected: readonly string[], actual: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const key of expected) counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const key of actual) counts.set(key, (counts.get(key) ?? 0) - 1);
  const list = (keys: string[], name: string) =>
    keys.length === 0
      ? []
      : [`${keys.length} ${what} ${name}, such as ${JSON.stringify(keys.slice(0, 5)).slice(0, 2_000)}`];
  const keys = [...counts];
  return [
    ...list(
      keys.filter(([, count]) => count > 0).map(([key]) => key),
      'are missing',
    ),
    ...list(
      keys.filter(([, count]) => count < 0).map(([key]) => key),
      'are there that nobody was promised',
    ),
  ];
}

/** Of equal events any moment may be any one's; those without a moment of their own happened while they were sent. */
function wrongMoments(
  sent: readonly { key: string; at: number | undefined | null }[],
  kept: readonly { key: string; at: Date }[],
  { from, to }: Span,
): string[] {
  const moments = Map.groupBy(sent, ({ key }) => key);
  const isRight = (at: number, own: number | undefined | null) =>
    own === null || (own === undefined ? at >= from && at <= to : at === own);
  const wrong = kept.filter(({ key, at }) => {
    const possible = moments.get(key);
    return possible !== undefined && !possible.some((each) => isRight(at.getTime(), each.at));
  });
  if (wrong.length === 0) return [];
  const examples = wrong.slice(0, 5).map(({ key, at }) => `${at.toISOString()} ${key}`);
  return [`${wrong.length} events have another moment than they were sent with, such as ${JSON.stringify(examples)}`];
}
