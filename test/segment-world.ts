import { sql } from 'kysely';
import type { Actor } from '../src/access/permissions.ts';
import type { GatedTx } from '../src/database/gate.ts';
import { on } from '../src/database/handle.ts';
import type { Message } from '../src/events/message.ts';
import { writeMessages, writeMessagesIn } from '../src/events/write.ts';
import type { Lethe } from '../src/lethe.ts';
import { createSegment } from '../src/segments/create.ts';
import { editSegment, type SegmentEdit } from '../src/segments/edit.ts';
import { segmentJobs } from '../src/segments/jobs.ts';
import { limitsOf } from '../src/segments/limits.ts';
import { readSettings } from '../src/settings.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export const ada: Actor = { kind: 'member', id: 'mem_ada', name: 'Ada', administrator: true, roles: {} };

export type UserMessage = Partial<Message> & { user: string };

/** A dataset `shop` with what tests of segments ask of it. Its clock stands still until a test moves it. */
export interface SegmentWorld extends TestDatabase {
  lethe: Lethe;
  now: Date;
  /** Writes messages as an import would, each under a userId. */
  write(...messages: UserMessage[]): Promise<void>;
  /** The same in a transaction that the test holds open. */
  writeIn(tx: GatedTx, ...messages: UserMessage[]): Promise<void>;
  rule(name: string, rule: unknown): Promise<string>;
  list(name: string, kind?: 'manual' | 'subscriberList'): Promise<string>;
  edit(id: string, edit: SegmentEdit): Promise<void>;
  /** Works on all computations and on what is to be cleared until nothing is left. */
  compute(): Promise<void>;
  /** The userIds in the set in force, in order. */
  usersOf(id: string): Promise<string[]>;
  /** Sets whose counter is not the number of their rows, and rows of sets that are neither in force, computed nor to be cleared. */
  faults(): Promise<unknown[]>;
}

export async function createSegmentWorld(): Promise<SegmentWorld> {
  const base = await createTestDatabase();
  const { database, dataset } = base;
  const world = { now: new Date('2026-01-15T12:00:00Z') };
  const settings = readSettings({});
  const lethe: Lethe = { settings, database, announce: () => {}, now: () => world.now, wakeJobs: () => {} };
  const asked = () => ({ actor: ada, now: world.now, limits: limitsOf(settings) });
  const starts = on(dataset, database.starts);
  const batch = (messages: UserMessage[]) => ({
    incoming: messages.map(({ user, ...message }) => ({
      message: { identities: [{ type: 'userId', value: user }], at: world.now, ...message },
      origin: { trusted: true, from: 'import', receivedAt: world.now },
    })),
    context: { limits: settings, messageKey: Buffer.alloc(32), now: world.now },
  });
  return Object.assign(world, base, {
    lethe,
    write: async (...messages: UserMessage[]) => {
      const { incoming, context } = batch(messages);
      refuseRejected(await writeMessages(dataset, database.writes, incoming, context));
    },
    writeIn: async (tx: GatedTx, ...messages: UserMessage[]) => {
      const { incoming, context } = batch(messages);
      refuseRejected(await writeMessagesIn(tx, incoming, context));
    },
    rule: (name: string, rule: unknown) => createSegment(starts, { name, kind: 'rule', rule }, asked()),
    list: (name: string, kind: 'manual' | 'subscriberList' = 'manual') =>
      createSegment(starts, { name, kind }, asked()),
    edit: (id: string, edit: SegmentEdit) => editSegment(starts, id, edit, asked()),
    compute: () => workOff(lethe, dataset),
    usersOf: (id: string) => usersOf(base, id),
    faults: () => faults(base),
  });
}

function refuseRejected(results: readonly { accepted: boolean }[]): void {
  if (results.some((result) => !result.accepted)) throw new Error(JSON.stringify(results));
}

async function workOff(lethe: Lethe, dataset: TestDatabase['dataset']): Promise<void> {
  for (const kind of segmentJobs(lethe)) {
    for (let result: unknown = 'more'; result !== 'finished'; ) {
      result = await kind.step(dataset);
      if (result === 'idle') throw new Error(`${kind.name} waits although nobody else works`);
    }
  }
}

async function usersOf({ ds }: TestDatabase, id: string): Promise<string[]> {
  const { rows } = await sql<{ value: string }>`
    SELECT i.value FROM ${ds.tables.segment} s JOIN ${ds.tables.membership} m ON m.set_no = s.set_no
    JOIN ${ds.tables.identity} i ON i.profile_id = m.profile_id AND i.type = 'userId'
    WHERE s.id = ${id} ORDER BY i.value`.execute(ds.db);
  return rows.map((row) => row.value);
}

async function faults({ ds }: TestDatabase): Promise<unknown[]> {
  const { rows } = await sql`
    WITH counted AS (SELECT set_no, sum(users) AS users FROM ${ds.tables.segment_count} GROUP BY set_no HAVING sum(users) <> 0),
    held AS (SELECT set_no, count(*) AS users FROM ${ds.tables.membership} GROUP BY set_no),
    known AS (SELECT set_no FROM ${ds.tables.segment} UNION ALL SELECT next_set_no FROM ${ds.tables.segment})
    SELECT 'counter' AS fault, set_no, counted.users AS counted, held.users AS held
    FROM counted FULL JOIN held USING (set_no)
    WHERE counted.users IS DISTINCT FROM held.users AND set_no NOT IN (SELECT set_no FROM ${ds.tables.discarded_set})
    UNION ALL
    SELECT 'set', set_no, NULL, users FROM held
    WHERE set_no NOT IN (SELECT set_no FROM known WHERE set_no IS NOT NULL UNION SELECT set_no FROM ${ds.tables.discarded_set})
    UNION ALL
    SELECT 'history', s.no, sum(h.joined - h."left" - h.deleted), (SELECT users FROM counted c WHERE c.set_no = s.set_no)
    FROM ${ds.tables.segment} s LEFT JOIN ${ds.tables.segment_history} h ON h.segment_no = s.no
    GROUP BY s.no, s.set_no
    HAVING coalesce(sum(h.joined - h."left" - h.deleted), 0)
           <> coalesce((SELECT users FROM counted c WHERE c.set_no = s.set_no), 0)
    UNION ALL
    SELECT 'orphan', m.set_no, m.profile_id, NULL FROM ${ds.tables.membership} m
    WHERE NOT EXISTS (SELECT FROM ${ds.tables.profile} p WHERE p.id = m.profile_id)`.execute(ds.db);
  return rows;
}
