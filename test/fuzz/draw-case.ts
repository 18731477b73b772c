import { Random } from '../story/random.ts';
import { type ApiAccess, badCall, badRule, goodCall, oddAddress } from './api.ts';
import type { FuzzRequest } from './case.ts';
import { goodEvent, spoiltEvent, strangerToEvents, unreadableEvent } from './event-api.ts';
import { badImport, goodImport } from './imports.ts';
import { batch, changedMessage, goodMessage, otherJson, spoiltMessage, stranger, unreadableBody } from './tracking.ts';
import { wireRequest } from './wire.ts';

type Draw = (random: Random, mark: string, access: ApiAccess) => FuzzRequest | FuzzRequest[];

/** Kinds of cases, and of how many in a thousand. */
const kinds: readonly [perThousand: number, Draw][] = [
  [230, goodMessage],
  [150, spoiltMessage],
  [100, batch],
  [90, unreadableBody],
  [30, otherJson],
  [50, stranger],
  [90, changedMessage],
  [60, goodEvent],
  [40, spoiltEvent],
  [30, unreadableEvent],
  [20, strangerToEvents],
  [6, (random, mark, { credentials }) => goodImport(random, mark, credentials)],
  [9, (random, mark, { credentials }) => badImport(random, mark, credentials)],
  [15, goodCall],
  [30, badCall],
  [10, (random, _, access) => badRule(random, access)],
  [25, (random, _, access) => oddAddress(random, access)],
  [15, wireRequest],
];
const draws = kinds.flatMap(([share, draw]) => Array<Draw>(share).fill(draw));

/** The requests of a case, one after the other: always the same for a seed and a number. */
export function drawCase(seed: number, no: number, access: ApiAccess): FuzzRequest[] {
  // Numbers that follow each other would draw alike.
  const random = new Random(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(no + 1, 0xc2b2ae35));
  random.next();
  const draw = random.of(draws);
  return [draw(random, `${seed}.${no}`, access)].flat();
}
