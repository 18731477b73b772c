import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { recordAudit } from '../audit/record.ts';
import * as dataset001 from './migrations/dataset-001-initial.ts';
import * as dataset002 from './migrations/dataset-002-folders.ts';
import * as dataset004 from './migrations/dataset-004-clock.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

test('segments made before there were names know by the audit who made and who changed them', async () => {
  const db = world.database.starts;
  await sql`CREATE SCHEMA ds_old`.execute(db);
  await dataset001.up(db, 'ds_old', 1);
  const at = new Date('2026-01-15T12:00:00Z');
  await sql`
    INSERT INTO ds_old.segment (id, name, kind, state, set_no, created_at, created_by, updated_at, updated_by)
    SELECT id, id, 'manual', 'ready', 1, ${at}, 'mem_ada', ${at}, 'mem_bob'
    FROM unnest('{aaaaa,bbbbb}'::text[]) AS n (id)`.execute(db);
  const by = (id: string, name: string) => ({ kind: 'member' as const, id, name, administrator: true, roles: {} });
  const dataset = { ...world.dataset, id: 'old' };
  const object = { kind: 'segment', id: 'aaaaa' };
  await recordAudit(db, { actor: by('mem_ada', 'Ada'), action: 'segment.created', dataset, object, at });
  await recordAudit(db, { actor: by('mem_bob', 'Bob'), action: 'segment.changed', dataset, object, at });
  await recordAudit(db, { actor: by('mem_eve', 'Eve'), action: 'segment.exported', dataset, object, at });
  await dataset002.up(db, 'ds_old');
  const { rows } = await sql`SELECT id, folder, created_by, updated_by FROM ds_old.segment ORDER BY id`.execute(db);
  expect(rows).toEqual([
    {
      id: 'aaaaa',
      folder: null,
      created_by: { kind: 'member', id: 'mem_ada', name: 'Ada' },
      updated_by: { kind: 'member', id: 'mem_bob', name: 'Bob' },
    },
    { id: 'bbbbb', folder: null, created_by: null, updated_by: null },
  ]);
});

test('enabled segments that looked at the clock before there was one are computed anew, and no others', async () => {
  const db = world.database.starts;
  await sql`CREATE SCHEMA ds_timeless`.execute(db);
  await dataset001.up(db, 'ds_timeless', 1);
  const rules: Record<string, unknown> = {
    within: { action: 'Purchase', did: true, within: { days: 30 } },
    today: { attribute: 'born', is: 'today' },
    last: { not: { lastAction: '*', lessThanDaysAgo: 7 } },
    buyers: { action: 'Purchase', did: true, within: { from: '2026-01-01' } },
    disabled: { lastAction: '*', lessThanDaysAgo: 7 },
    deleting: { lastAction: '*', lessThanDaysAgo: 7 },
    computing: { visits: 'lastActivity', is: 'inTheLast', days: 30 },
  };
  for (const [id, rule] of Object.entries(rules)) {
    const state = id === 'deleting' || id === 'computing' ? id : 'ready';
    await sql`
      INSERT INTO ds_timeless.segment (id, name, kind, rule, enabled, state, set_no, next_set_no, created_at, updated_at)
      VALUES (${id}, ${id}, 'rule', ${JSON.stringify(rule)}::json, ${id !== 'disabled'}, ${state},
              nextval('ds_timeless.set_no'), ${state === 'computing' ? 99 : null}, now(), now())`.execute(db);
  }
  await dataset004.up(db, 'ds_timeless', 1);
  const { rows } = await sql`
    SELECT s.id FROM ds_timeless.segment s
    JOIN ds_timeless.segment_computation c ON c.segment_no = s.no AND c.generation = s.generation AND c.set_no = s.next_set_no
    WHERE s.state = 'computing' AND s.generation = 2 AND s.next_set_no NOT IN (SELECT set_no FROM ds_timeless.segment)
    ORDER BY s.no`.execute(db);
  expect(rows.map((row) => (row as { id: string }).id)).toEqual(['within', 'today', 'last', 'computing']);
  expect((await sql`SELECT set_no FROM ds_timeless.discarded_set`.execute(db)).rows).toEqual([{ set_no: 99 }]);
});
