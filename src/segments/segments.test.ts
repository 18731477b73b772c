import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ada, createSegmentWorld, type SegmentWorld } from '../../test/segment-world.ts';
import { on } from '../database/handle.ts';
import { computeNext } from './compute.ts';
import { createSegment } from './create.ts';
import { deleteSegment } from './delete.ts';
import { editSegment } from './edit.ts';
import { findSegmentWithUsers } from './segment-sql.ts';
import { findUses } from './segment-uses.ts';

let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
  await world.write(
    { user: 'anna', traits: { country: 'DE' }, event: { action: 'Purchase', properties: { revenue: 10 } } },
    { user: 'bert', traits: { country: 'DE' }, event: { action: 'View Item' } },
    { user: 'cleo', traits: { country: 'FR' }, event: { action: 'Purchase', properties: { revenue: 90 } } },
  );
});
afterAll(() => world.close());

const inCountry = (country: string) => ({ attribute: 'country', is: 'equals', value: country });
const buyers = { action: 'Purchase', did: true };
const show = (id: string) => findSegmentWithUsers(world.ds, id);
const remove = (id: string) =>
  deleteSegment(on(world.dataset, world.database.starts), id, { actor: ada, now: world.now });

async function computed(name: string, rule: unknown): Promise<string> {
  const id = await world.rule(name, rule);
  await world.compute();
  return id;
}

/** Pretends that a bulk deletion of this segment's users runs: the state that its start leaves behind. */
async function freeze(id: string): Promise<void> {
  await sql`UPDATE ${world.ds.tables.segment} SET state = 'deleting', enabled = false, disabled_because = 'deletion'
            WHERE id = ${id}`.execute(world.database.starts);
}

describe('a new segment', () => {
  test('of rules is computing until its users are known, and then has exactly those who match', async () => {
    const id = await world.rule('Germans', inCountry('DE'));
    expect(id).toMatch(/^[A-Za-z0-9]{5}$/);
    expect(await show(id)).toMatchObject({ state: 'computing', enabled: true });
    await world.compute();
    expect(await show(id)).toMatchObject({ state: 'ready', users: 2, nextSetNo: null });
    expect(await world.usersOf(id)).toEqual(['anna', 'bert']);
  });

  test('that is a list is ready at once, enabled and empty', async () => {
    expect(await show(await world.list('Staff'))).toMatchObject({
      state: 'ready',
      enabled: true,
      users: 0,
      rule: null,
    });
  });

  test('is refused when its rule is empty, names what is not there, or stands where there is none', async () => {
    await expect(world.rule('x', { all: [] })).rejects.toMatchObject({ kind: 'unacceptable', code: 'rule.empty' });
    await expect(world.rule('x', undefined)).rejects.toMatchObject({ code: 'rule.empty' });
    await expect(world.rule('x', { segment: 'nope0', member: true })).rejects.toMatchObject({
      code: 'rule.unknown_segment',
      extras: { errors: [{ field: 'rule' }] },
    });
    await expect(world.rule('x', { import: 'imp_0', created: true })).rejects.toMatchObject({
      code: 'rule.unknown_import',
    });
    const list = { name: 'x', kind: 'manual', rule: buyers } as const;
    const asked = { actor: ada, now: world.now, limits: { enabledRules: 9, lists: 9 } };
    await expect(createSegment(on(world.dataset, world.database.starts), list, asked)).rejects.toMatchObject({
      code: 'segment.rule_unexpected',
    });
  });

  test('is refused beyond the limits, and so is enabling one more', async () => {
    const ds = on(world.dataset, world.database.starts);
    const disabled = await world.rule('Disabled', buyers);
    await world.edit(disabled, { enabled: false });
    const full = { actor: ada, now: world.now, limits: { enabledRules: 0, lists: 0 } };
    const refusal = { kind: 'conflict', code: 'segment.limit' };
    await expect(createSegment(ds, { name: 'x', kind: 'rule', rule: buyers }, full)).rejects.toMatchObject(refusal);
    await expect(createSegment(ds, { name: 'x', kind: 'subscriberList' }, full)).rejects.toMatchObject(refusal);
    await expect(editSegment(ds, disabled, { enabled: true }, full)).rejects.toMatchObject(refusal);
    await editSegment(ds, disabled, { name: 'Still disabled' }, full);
    expect(await show(disabled)).toMatchObject({ name: 'Still disabled', enabled: false });
  });
});

describe('an edited segment', () => {
  test('keeps what it held in force until the new set replaces it, and who stays keeps the moment of joining', async () => {
    const id = await computed('Edited', inCountry('DE'));
    const joined = world.now;
    world.now = new Date(joined.getTime() + 60_000);
    await world.edit(id, { rule: { any: [inCountry('DE'), inCountry('FR')] } });
    expect(await show(id)).toMatchObject({ state: 'computing' });
    expect(await world.usersOf(id)).toEqual(['anna', 'bert']);
    await computeNext(world.ds, { profilesMax: 1, now: world.now });
    expect(await world.usersOf(id)).toEqual(['anna', 'bert']);
    await world.compute();
    expect(await world.usersOf(id)).toEqual(['anna', 'bert', 'cleo']);
    const { rows } = await sql<{ joinedAt: Date }>`
      SELECT joined_at AS "joinedAt" FROM ${world.ds.tables.membership} m JOIN ${world.ds.tables.segment} s USING (set_no)
      WHERE s.id = ${id} ORDER BY joined_at`.execute(world.ds.db);
    expect(rows.map((row) => row.joinedAt)).toEqual([joined, joined, world.now]);
    expect(await world.faults()).toEqual([]);
  });

  test('that is edited again in the middle of its computation ends with the last rule', async () => {
    const id = await world.rule('Twice', inCountry('DE'));
    await computeNext(world.ds, { profilesMax: 2, now: world.now });
    await world.edit(id, { rule: inCountry('FR') });
    await world.compute();
    expect(await world.usersOf(id)).toEqual(['cleo']);
    expect(await world.faults()).toEqual([]);
  });

  test('that is only renamed, or given the same rule in other words, is not computed anew', async () => {
    const id = await computed('Name', { all: [buyers, inCountry('DE')] });
    const { generation } = (await show(id)) as { generation: number };
    await world.edit(id, { name: 'Other name', rule: { all: [{ did: true, action: 'Purchase' }, inCountry('DE')] } });
    expect(await show(id)).toMatchObject({
      name: 'Other name',
      state: 'ready',
      generation,
      rule: '{"all":[{"did":true,"action":"Purchase"},{"attribute":"country","is":"equals","value":"DE"}]}',
    });
    const renamed = await world.rule('Renamed while computing', inCountry('DE'));
    await computeNext(world.ds, { profilesMax: 1, now: world.now });
    await world.edit(renamed, { name: 'Renamed' });
    await world.compute();
    expect(await world.usersOf(renamed)).toEqual(['anna', 'bert']);
  });
});

describe('a disabled segment', () => {
  test('lets nobody in or out, and enabling computes it anew', async () => {
    const id = await computed('Dutch', inCountry('NL'));
    await world.edit(id, { enabled: false });
    expect(await show(id)).toMatchObject({ enabled: false, disabledBecause: 'byHand', state: 'ready' });
    await world.write({ user: 'dirk', traits: { country: 'NL' } });
    expect(await world.usersOf(id)).toEqual([]);
    await world.edit(id, { enabled: true });
    expect(await show(id)).toMatchObject({ enabled: true, disabledBecause: null, state: 'computing' });
    await world.compute();
    expect(await world.usersOf(id)).toEqual(['dirk']);
    expect(await world.faults()).toEqual([]);
  });

  test('that was computing keeps what was in force', async () => {
    const id = await computed('Was computing', inCountry('DE'));
    await world.edit(id, { rule: inCountry('FR') });
    await computeNext(world.ds, { profilesMax: 1, now: world.now });
    await world.edit(id, { enabled: false });
    await world.compute();
    expect(await show(id)).toMatchObject({ state: 'ready', enabled: false, nextSetNo: null });
    expect(await world.usersOf(id)).toEqual(['anna', 'bert']);
    expect(await world.faults()).toEqual([]);
  });
});

describe('a nested segment', () => {
  test('waits for the one that it nests, and follows it through every level', async () => {
    const inner = await world.rule('Inner', inCountry('AT'));
    const middle = await world.rule('Middle', { not: { segment: inner, member: true } });
    const outer = await world.rule('Outer', { all: [{ segment: middle, member: false }, { everyone: true }] });
    await world.compute();
    await world.write({ user: 'otto', traits: { country: 'AT' } });
    expect(await world.usersOf(inner)).toEqual(['otto']);
    expect(await world.usersOf(middle)).not.toContain('otto');
    expect(await world.usersOf(outer)).toEqual(['otto']);
    await world.write({ user: 'otto', traits: { country: 'CH' } });
    expect(await world.usersOf(middle)).toContain('otto');
    expect(await world.usersOf(outer)).toEqual([]);

    await world.edit(inner, { rule: inCountry('FR') });
    expect(await show(outer)).toMatchObject({ state: 'ready' });
    await world.compute();
    expect(await world.usersOf(outer)).toEqual(['cleo']);
    expect(await world.faults()).toEqual([]);
  });

  test('reads a disabled segment from its fixed users, through which nothing passes', async () => {
    const inner = await computed('Fixed', inCountry('DE'));
    const outer = await computed('Reads fixed', { segment: inner, member: true });
    await world.edit(inner, { enabled: false });
    await world.write({ user: 'emil', traits: { country: 'DE' } });
    expect(await world.usersOf(outer)).toEqual(['anna', 'bert']);
  });

  test('may not close a circle, not even through a disabled segment', async () => {
    const a = await world.rule('A', buyers);
    const b = await world.rule('B', { segment: a, member: true });
    const c = await world.rule('C', { any: [buyers, { not: { segment: b, member: true } }] });
    await world.edit(b, { enabled: false });
    const cycle = { kind: 'unacceptable', code: 'rule.cycle' };
    await expect(world.edit(a, { rule: { segment: c, member: false } })).rejects.toMatchObject(cycle);
    await expect(world.edit(a, { rule: { segment: a, member: true } })).rejects.toMatchObject(cycle);
  });
});

describe('a deleted segment', () => {
  test('goes with its memberships and counters; its users stay', async () => {
    const id = await computed('Goes', { everyone: true });
    await remove(id);
    expect(await show(id)).toBeUndefined();
    await world.compute();
    expect(await world.faults()).toEqual([]);
    const { rows } = await sql<{ left: number }>`
      SELECT count(*) AS left FROM ${world.ds.tables.segment_count}
      WHERE set_no NOT IN (SELECT set_no FROM ${world.ds.tables.segment})`.execute(world.ds.db);
    expect(rows[0]?.left).toBe(0);
    await expect(remove(id)).rejects.toMatchObject({ kind: 'notFound', code: 'segment.unknown' });
  });

  test('must not be used by another one', async () => {
    const used = await computed('Used', buyers);
    const user = await computed('User', { segment: used, member: true });
    const usedBy = [{ kind: 'segment', id: user, name: 'User', state: 'ready' }];
    expect(await findUses(world.ds, used)).toEqual(usedBy);
    await expect(remove(used)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'segment.in_use',
      extras: { members: { usedBy } },
    });
    await remove(user);
    await remove(used);
  });
});

describe('while its users are being deleted in bulk, a segment', () => {
  test('can be neither edited, enabled nor deleted', async () => {
    const id = await computed('Deleting', buyers);
    await freeze(id);
    const refusal = { kind: 'conflict', code: 'segment.deleting' };
    await expect(world.edit(id, { name: 'x' })).rejects.toMatchObject(refusal);
    await expect(world.edit(id, { rule: buyers })).rejects.toMatchObject(refusal);
    await expect(world.edit(id, { enabled: true })).rejects.toMatchObject(refusal);
    await expect(remove(id)).rejects.toMatchObject(refusal);
  });

  test('is not evaluated', async () => {
    const id = await computed('Not evaluated', { attribute: 'plan', is: 'equals', value: 'pro' });
    await freeze(id);
    await world.write({ user: 'frieda', traits: { plan: 'pro' } });
    expect(await world.usersOf(id)).toEqual([]);
  });
});
