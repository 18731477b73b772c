import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { ChangeRow } from '../../src/segments/changes-sql.ts';
import { listChanges, readFollowed } from '../../src/segments/changes-sql.ts';
import { follow } from '../../src/segments/following.ts';
import type { Random } from '../story/random.ts';
import type { LiveWorld } from './world.ts';

/** Another program that keeps a copy of a segment's users by what it is told of who joins and leaves. */
export class Follower {
  readonly segment: string;
  /** The users by its own account; who was deleted meanwhile may be among them, because nobody says so. */
  readonly users = new Set<number>();
  /** Whether the segment is still there. */
  isTold = true;
  readonly #world: LiveWorld;
  #seen = '';

  constructor(world: LiveWorld, segment: string) {
    this.#world = world;
    this.segment = segment;
  }

  async begin(random: Random): Promise<void> {
    await follow(random.of(this.#world.servers), this.#world.dataset, this.segment);
    this.#seen = (await readFollowed(this.#world.ds, this.segment))?.snapshot ?? '';
    await this.#readUsers();
  }

  /** Takes in what became visible since the last look, in small portions. */
  async look(random: Random): Promise<void> {
    const state = await readFollowed(this.#world.ds, this.segment);
    if (!state) {
      this.isTold = false;
      return;
    }
    const window = { after: this.#seen, upto: state.snapshot };
    for (let seq = 0, more = true; more; ) {
      const limit = 1 + random.below(5);
      const changes = await listChanges(this.#world.ds, state.segmentNo, { ...window, seq }, limit);
      for (const change of changes) await this.#takeIn(change);
      seq = changes.at(-1)?.seq ?? seq;
      more = changes.length === limit;
      if (more) await sleep(random.below(3));
    }
    this.#seen = state.snapshot;
  }

  async #takeIn({ profileId, joined, mergedFrom }: ChangeRow): Promise<void> {
    // All of them were replaced.
    if (profileId === null) await this.#readUsers();
    else if (joined) this.users.add(profileId);
    else this.users.delete(mergedFrom ?? profileId);
  }

  async #readUsers(): Promise<void> {
    const { db, tables: t } = this.#world.ds;
    const { rows } = await sql<{ id: number }>`
      SELECT m.profile_id AS id FROM ${t.segment} s JOIN ${t.membership} m ON m.set_no = s.set_no
      WHERE s.id = ${this.segment}`.execute(db);
    this.users.clear();
    for (const { id } of rows) this.users.add(id);
  }
}
