import { Readable } from 'node:stream';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { systemActor } from '../../src/access/system-actor.ts';
import type { DatasetDb } from '../../src/database/handle.ts';
import { on } from '../../src/database/handle.ts';
import type { Database } from '../../src/database/postgres.ts';
import { isAway } from '../../src/database/postgres.ts';
import { advance } from '../../src/deletions/advance.ts';
import { startDeletion } from '../../src/deletions/start.ts';
import { findRunning, findSegment } from '../../src/deletions/start-sql.ts';
import { stepSize } from '../../src/deletions/step.ts';
import { LetheError } from '../../src/errors.ts';
import type { Message } from '../../src/events/message.ts';
import { writeMessages } from '../../src/events/write.ts';
import { advanceImport, importStepLimits } from '../../src/imports/advance-import.ts';
import { findImport } from '../../src/imports/import-sql.ts';
import { spoolPath } from '../../src/imports/spool.ts';
import { startImport } from '../../src/imports/start-import.ts';
import { StepSize } from '../../src/jobs/step-size.ts';
import { deleteUser } from '../../src/privacy/delete-user.ts';
import { changeUsers } from '../../src/segments/change-users.ts';
import { clearDiscardedSets } from '../../src/segments/clear.ts';
import { computeNext, finishComputation } from '../../src/segments/compute.ts';
import { createSegment } from '../../src/segments/create.ts';
import { deleteSegment } from '../../src/segments/delete.ts';
import { editSegment } from '../../src/segments/edit.ts';
import { replaceUsers } from '../../src/segments/replace-users.ts';
import type { TestDatabase } from '../database.ts';
import { contextOf, fromImport, testNow } from '../messages.ts';
import type { Random } from './random.ts';
import type { Accepted } from './record.ts';
import type { StoryRule } from './rules.ts';

const people = Array.from({ length: 120 }, (_, n) => n);
const countries = ['DE', 'FR', 'IT'];
const asked = { actor: systemActor, now: testNow, limits: { enabledRules: 30, lists: 5 } };

/** Everybody in the story, and what they know of it. One object; each method is one thing that somebody does. */
export class Story {
  /** By the number of the event: a message that is sent twice is accepted once. */
  readonly accepted = new Map<number, Accepted>();
  readonly rules: string[] = [];
  readonly lists: string[] = [];
  /** What happened how often, refusals and faults among it. */
  readonly counts = new Map<string, number>();
  isOver = false;
  #lastNo = 0;
  readonly #dataDir: string;
  /** Connections of two servers. */
  readonly #servers: readonly Database[];
  readonly #world: TestDatabase;

  constructor(world: TestDatabase, servers: readonly Database[], dataDir: string) {
    this.#world = world;
    this.#servers = servers;
    this.#dataDir = dataDir;
  }

  note(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  #on(random: Random, pool: 'writes' | 'starts' | 'steps'): DatasetDb {
    return on(this.#world.dataset, random.of(this.#servers)[pool]);
  }

  /** Refusals that the state of things allows, and connections that were cut, are part of the story. */
  async attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.note(what);
      return result;
    } catch (error) {
      const expected = error instanceof LetheError && /^(conflict|notFound|busy)$/.test(error.kind);
      const code = (error as { code?: string }).code;
      const rule = error instanceof LetheError && error.code.startsWith('rule.');
      if (!expected && !rule && !isAway(error) && code !== '40P01' && code !== '55P03') throw error;
      this.note(`${what}: ${code ?? 'connection lost'}`);
      return undefined;
    }
  }

  #message(random: Random): { no: number; message: Message } {
    const person = random.of(people);
    const identities = [{ type: 'userId', value: `u${person}` }];
    if (random.chance(0.3)) identities.push({ type: 'anonymousId', value: `a${person}-${random.below(3)}` });
    if (random.chance(0.2)) identities.push({ type: 'customerId', value: `c${person}` });
    // Two people who turn out to be one.
    if (random.chance(0.02)) identities.push({ type: 'customerId', value: `c${random.of(people)}` });
    if (random.chance(0.3)) identities.shift();
    const named = identities.length > 0 ? identities : [{ type: 'customerId', value: `c${person}` }];
    const no = ++this.#lastNo;
    const properties: Record<string, number> = random.chance(0.2) ? { no, revenue: random.below(60) } : { no };
    const message: Message = {
      identities: named,
      at: new Date(testNow.getTime() - random.below(7_200_000)),
      event: { action: 'revenue' in properties ? 'Purchase' : 'View Item', properties },
      messageId: `m${no}`,
    };
    return { no, message: random.chance(0.3) ? { ...message, traits: { country: random.of(countries) } } : message };
  }

  async write(random: Random): Promise<void> {
    const batch = Array.from({ length: 1 + random.below(15) }, () => this.#message(random));
    const { db, dataset } = this.#on(random, 'writes');
    const incoming = batch.map(({ message }) => ({ message, origin: fromImport }));
    // A message that is sent again, perhaps because its connection was cut, is there once.
    for (let tries = 0; tries < (random.chance(0.1) ? 2 : 1); tries++) {
      const results = await this.attempt('batch', () => writeMessages(dataset, db, incoming, contextOf()));
      results?.forEach((result, index) => {
        const { no, message } = batch[index] as (typeof batch)[number];
        if (result.accepted) this.accepted.set(no, { no, identities: message.identities });
      });
      if (!results) tries--;
    }
  }

  async import(random: Random): Promise<void> {
    const rows = Array.from({ length: 20 + random.below(150) }, () => ({
      no: ++this.#lastNo,
      user: `u${random.of(people)}`,
    }));
    const file = `userId,event,properties.no\n${rows.map(({ no, user }) => `${user},View Item,${no}`).join('\n')}\n`;
    const row = await this.attempt('import', () =>
      startImport(
        this.#on(random, 'writes'),
        {
          kind: 'events',
          format: 'csv',
          mapping: { map: {}, values: {} },
          upload: Readable.from([file]),
          packed: false,
        },
        { actor: systemActor, dataDir: this.#dataDir, now: () => testNow },
      ),
    );
    if (!row) return;
    const context = contextOf();
    for (;;) {
      const { dataset, db } = this.#on(random, 'steps');
      const result = await this.attempt('step of an import', async () => {
        const now = await findImport(on(dataset, db), row.id);
        if (now?.state !== 'running') return 'finished';
        const path = spoolPath(this.#dataDir, dataset.id, row.id);
        return advanceImport(dataset, db, now, {
          ...context,
          path,
          eventBytesMax: 32_768,
          size: new StepSize(importStepLimits),
        });
      });
      if (result === 'finished') break;
    }
    await sleep(random.below(200));
    for (const { no, user } of rows) this.accepted.set(no, { no, identities: [{ type: 'userId', value: user }] });
  }

  async changeList(random: Random): Promise<void> {
    const ids = random.some(people, 25).map((person) => random.of([`u${person}`, `c${person}`]));
    const list = random.of(this.lists);
    if (random.chance(0.2)) {
      await this.attempt('list replaced', () => replaceUsers(this.#on(random, 'starts'), list, ids, asked));
    } else {
      const change = random.chance(0.7) ? 'add' : 'remove';
      await this.attempt(`list: ${change}`, () =>
        changeUsers(this.#on(random, 'writes'), list, { change, ids }, asked),
      );
    }
  }

  async deleteOne(random: Random): Promise<void> {
    const person = random.of(people);
    const { rows } = await sql<{ id: string }>`
      SELECT 'usr_' || profile_id AS id FROM ${this.#world.ds.tables.doomed_profile} ORDER BY random() LIMIT 1`
      .execute(this.#world.ds.db)
      .catch(() => ({ rows: [] }));
    const doomed = rows[0];
    if (!doomed) await sleep(random.below(100));
    const name = doomed && random.chance(0.8) ? doomed.id : random.of([`u${person}`, `c${person}`]);
    await this.attempt(name === doomed?.id ? 'doomed user deleted' : 'user deleted', () =>
      deleteUser(this.#on(random, 'writes'), name, { type: undefined, actor: systemActor, now: testNow }),
    );
  }

  rule(random: Random): StoryRule {
    const nested = (): StoryRule => ({
      segment: random.of([...this.rules, ...this.lists]),
      member: random.chance(0.6),
    });
    return random.of<() => StoryRule>([
      () => ({ attribute: 'country', is: 'equals', value: random.of(countries) }),
      () => ({ action: 'View Item', did: true, atLeast: 1 + random.below(12) }),
      () => ({ orders: 'value', is: 'atLeast', value: random.below(120) }),
      () => ({ identity: 'customerId', present: random.chance(0.5) }),
      () => ({ any: [nested(), { orders: 'value', is: 'atLeast', value: 150 }] }),
      () => ({ all: [nested(), { attribute: 'country', is: 'equals', value: random.of(countries) }] }),
    ])();
  }

  async changeSegments(random: Random): Promise<void> {
    const starts = this.#on(random, 'starts');
    const id = random.of(this.rules);
    if (this.rules.length < 8) {
      const rule = this.rule(random);
      const created = await this.attempt('segment created', () =>
        createSegment(starts, { name: 'Rule', kind: 'rule', rule }, asked),
      );
      if (created) this.rules.push(created);
    } else if (random.chance(0.3)) {
      await this.attempt('segment deleted', async () => {
        await deleteSegment(starts, id, asked);
        this.rules.splice(this.rules.indexOf(id), 1);
      });
    } else if (random.chance(0.5)) {
      await this.attempt('segment edited', () => editSegment(starts, id, { rule: this.rule(random) }, asked));
    } else {
      const enabled = random.chance(0.7);
      await this.attempt(enabled ? 'segment enabled' : 'segment disabled', () =>
        editSegment(starts, random.of([id, ...this.lists]), { enabled }, asked),
      );
    }
    await sleep(random.below(60));
  }

  async deleteInBulk(random: Random): Promise<void> {
    const { ds, dataset } = this.#world;
    const segmentId = random.of([...this.rules, ...this.lists]);
    const users = (await this.attempt('look', () => findSegment(ds, segmentId)))?.users ?? 0;
    // Sometimes everybody would go, and the story with them.
    if (users === 0 || (users > 80 && random.chance(0.8))) return;
    for (let expectedUsers = users; ; ) {
      try {
        const { db } = this.#on(random, 'starts');
        await startDeletion(db, dataset, { segmentId, expectedUsers, actor: systemActor, now: () => new Date() });
        break;
      } catch (error) {
        const actual = error instanceof LetheError && error.extras.members?.actual;
        if (typeof actual !== 'number') return void (await this.attempt('bulk deletion', () => Promise.reject(error)));
        expectedUsers = actual;
      }
    }
    this.note('bulk deletion');
    while (!this.isOver && (await this.attempt('look', () => findRunning(ds).then((job) => job ?? null))) !== null)
      await sleep(10);
    await this.attempt('segment enabled', () =>
      editSegment(this.#on(random, 'starts'), segmentId, { enabled: true }, asked),
    );
  }

  /** One transaction of a worker of a bulk deletion, of a few users. */
  async workOnDeletion(random: Random): Promise<void> {
    const database = random.of(this.#servers);
    const size = stepSize(2_000);
    size.current = 1 + random.below(random.of([6, 30]));
    const proofSize = { current: 1 + random.below(random.of([6, 30])), learn: () => {} };
    // Whoever is alone takes several slices at once.
    const workers = random.of([1, 4]);
    const provesAtOnce = random.below(2) === 0;
    const result = await this.attempt('step', async () => {
      const job = await findRunning(this.#world.ds);
      const how = { database, announce: () => {}, size, proofSize, workers, provesAtOnce, now: new Date() };
      return job && advance(this.#world.dataset, job, how);
    });
    await (result === 'more' ? sleep(random.below(15)) : sleep(10));
  }

  async compute(random: Random): Promise<boolean> {
    const steps = this.#on(random, 'steps');
    const step = await this.attempt('step of a computation', () =>
      computeNext(steps, { profilesMax: 1 + random.below(20), now: testNow }),
    );
    if (step?.did === 'filled') {
      await this.attempt('segment computed', () =>
        finishComputation(this.#on(random, 'starts'), step.segmentId, testNow),
      );
    }
    await (step?.did === 'profiles' ? breathe() : sleep(10));
    return step?.did === 'nothing';
  }

  async clear(random: Random): Promise<boolean> {
    const more = await this.attempt('set cleared', () => clearDiscardedSets(this.#on(random, 'steps')));
    if (!more) await sleep(20);
    return more === false;
  }

  /** Cuts a connection that is in the middle of something. */
  async cut(random: Random): Promise<void> {
    await sleep(50 + random.below(200));
    await sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IN ('active', 'idle in transaction')
        AND backend_type = 'client backend' AND application_name ~ '^lethe (deletion|steps|writes|starts)'
      ORDER BY random() LIMIT 1`.execute(this.#world.database.heartbeat);
  }
}
