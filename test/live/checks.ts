import { createSecretKey } from 'node:crypto';
import { messageKeyOf } from '../../src/events/message-ids.ts';
import { checkInvariants } from '../invariants.ts';
import type { RandomProfile } from '../random-profiles.ts';
import { usersMatching } from '../rule-evaluator.ts';
import type { Life } from './life.ts';
import type { Model, User } from './model.ts';
import { readAuditedCommits, readFrozenNames, readMessageCommits } from './order-sql.ts';
import { type Order, profileOf, Replay } from './replay.ts';
import { nestedIn } from './rules.ts';
import {
  findWrongCounters,
  findWrongDeletions,
  readImportNumbers,
  readProfiles,
  readSegments,
  type StoredProfile,
  type StoredSegment,
} from './state-sql.ts';

/** Everything that is not as it was promised, once nothing is under way any more. */
export async function findFaults(life: Life): Promise<string[]> {
  const { world, ledger } = life;
  const replay = new Replay(ledger, await readOrder(life), life);
  const faults = [...replay.faults];
  await checkInvariants(world.ds).catch((error: Error) => faults.push(error.message));
  for (const row of await findWrongCounters(world.ds)) faults.push(`Counter: ${JSON.stringify(row)}`);
  for (const row of await findWrongDeletions(world.ds)) faults.push(`Bulk deletion: ${JSON.stringify(row)}`);
  if (world.announced.has('deletion.leftovers')) faults.push('A proof found something left of the deleted');
  const importNumbers = await readImportNumbers(world.ds);
  const stored = await readProfiles(world.ds);
  const matched = matchUsers(replay.model, stored, importNumbers, faults);
  const segments = await readSegments(world.ds);
  compareSegments(life, replay.model, matched, segments, importNumbers, faults);
  compareFollowers(life, stored, segments, faults);
  return faults;
}

async function readOrder({ world, ledger }: Life): Promise<Order> {
  const { ds, messageKey } = world;
  const byHash = await readMessageCommits(ds);
  const secret = createSecretKey(messageKey);
  const written = new Map<string, number>();
  for (const { deed } of ledger.calls) {
    if (deed.did !== 'write') continue;
    for (const { writtenWith } of deed.taken) {
      const at = byHash.get(messageKeyOf(secret, writtenWith));
      if (at !== undefined) written.set(writtenWith, at);
    }
  }
  return {
    audited: await readAuditedCommits(ds),
    written,
    frozen: await readFrozenNames(ds),
    importNumbers: await readImportNumbers(ds),
  };
}

/** Finds the profile of each user by their names, and compares all that they have. */
function matchUsers(
  model: Model,
  stored: readonly StoredProfile[],
  importNumbers: ReadonlyMap<string, number>,
  faults: string[],
): Map<User, StoredProfile> {
  const byNames = new Map(stored.map((profile) => [profile.names.join(' '), profile]));
  const matched = new Map<User, StoredProfile>();
  for (const user of model.users) {
    const names = [...user.names].sort().join(' ');
    const profile = byNames.get(names);
    byNames.delete(names);
    if (!profile) faults.push(`There has to be a user ${names}, with the messages ${marksOf(user)}`);
    else {
      matched.set(user, profile);
      faults.push(...differences(user, profile, importNumbers).map((what) => `User ${names}: ${what}`));
    }
  }
  for (const { id, names, marks } of byNames.values()) {
    faults.push(`There must not be a profile ${id} of ${names.join(' ') || 'nobody'}, with the messages ${marks}`);
  }
  return matched;
}

function differences(user: User, profile: StoredProfile, importNumbers: ReadonlyMap<string, number>): string[] {
  const numberOf = (id: string | null) => (id === null ? null : (importNumbers.get(id) as number));
  const createdAt = profile.createdAt;
  const pairs = [
    ['messages', marksOf(user), profile.marks.join()],
    ['attributes', attributesText(user.attributes), attributesText(new Map(Object.entries(profile.attributes)))],
    ['imports', [...user.imports].map(numberOf).sort().join(), [...profile.imports].sort().join()],
  ] as const;
  const found = pairs.flatMap(([what, expected, is]) =>
    expected === is ? [] : [`${what} have to be ${expected} and are ${is}`],
  );
  if (createdAt < user.createdAt.from || createdAt > user.createdAt.to) {
    const { from, to } = user.createdAt;
    found.push(`created at ${createdAt.toISOString()}, not between ${from.toISOString()} and ${to.toISOString()}`);
  }
  if (![...user.madeBy].map(numberOf).includes(profile.createdByImport)) {
    found.push(`made by import ${profile.createdByImport}, not by ${[...user.madeBy].map(numberOf)}`);
  }
  return found;
}

function marksOf(user: User): string {
  return user.events
    .map(({ no }) => no)
    .sort((a, b) => a - b)
    .join();
}

function attributesText(attributes: ReadonlyMap<string, { value: unknown; trusted?: boolean }>): string {
  const entries = [...attributes].map(([name, { value, trusted = false }]) => [name, value, trusted] as const);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Lists against the model; rules evaluated from scratch over the model's users; disabled ones have whom they have. */
function compareSegments(
  life: Life,
  model: Model,
  matched: ReadonlyMap<User, StoredProfile>,
  segments: readonly StoredSegment[],
  imports: ReadonlyMap<string, number>,
  faults: string[],
): void {
  const profiles = [...matched].map(
    ([user, { id, createdAt, createdByImport, imports: numbers }]): RandomProfile => ({
      ...profileOf(user),
      id,
      createdAt,
      createdByImport,
      imports: numbers,
    }),
  );
  const lists = new Map<string, { setNo: number; users: Set<number> }>();
  const evaluate = (segment: StoredSegment): Set<number> => {
    const known = lists.get(segment.id)?.users;
    if (known) return known;
    let users = new Set(segment.users);
    const list = model.lists.get(segment.id);
    if (list) users = new Set([...list].flatMap((user) => matched.get(user)?.id ?? []));
    else if (segment.rule && segment.enabled) {
      for (const id of nestedIn(segment.rule)) evaluate(segments.find((one) => one.id === id) as StoredSegment);
      users = new Set(
        usersMatching(segment.rule, { now: life.world.clock.now, profiles, lists, imports: new Map(imports) }),
      );
    }
    lists.set(segment.id, { setNo: 0, users });
    return users;
  };
  for (const segment of segments) {
    const { id, rule, state, users } = segment;
    const expected = [...evaluate(segment)].sort((a, b) => a - b);
    if (state !== 'ready') faults.push(`Segment ${id} is ${state}`);
    if (expected.join() !== users.join()) {
      faults.push(`Segment ${id} has to have ${expected} and has ${users}; its rule: ${JSON.stringify(rule)}`);
    }
  }
}

/** Whoever follows a segment has its users. Those who were deleted he is told nothing of. */
function compareFollowers(
  { followers }: Life,
  stored: readonly StoredProfile[],
  segments: readonly StoredSegment[],
  faults: string[],
): void {
  for (const { segment, users, isTold } of followers) {
    if (!isTold) continue;
    const told = stored.map(({ id }) => id).filter((id) => users.has(id));
    const held = segments.find(({ id }) => id === segment)?.users ?? [];
    if (told.join() !== held.join()) faults.push(`Who follows segment ${segment} has ${told} of its users ${held}`);
  }
}
