import pg from 'pg';
import { gateClass } from '../src/database/gate.ts';

/** Phases of a bulk deletion in which a test wants to kill something. */
export const phases = ['start', 'deleting', 'lastStep', 'verifying', 'scrubbing', 'completing'] as const;
export type HeldPhase = (typeof phases)[number];

/** Keeps every slice of the running job from being taken, once it has them all: nothing of its users is locked then. */
const allSlices = 'allSlices';

/** Like `start` and `deleting`, but nobody waits who writes events: of the users themselves some are locked, and nothing else. */
const beforeSteps = 'beforeSteps';
const betweenSteps = 'betweenSteps';

/**
 * Keeps a running bulk deletion in a phase by holding a lock that its next transaction needs, as any other program could. The
 * product knows nothing of it.
 *
 * start: nothing is deleted yet. deleting: some slices are, others wait. lastStep: all slices but one are deleted, and the last
 * waits in the middle of its transaction. verifying: everything is deleted, and one slice's proof waits. scrubbing: of a
 * scrub, about half the tables are written anew, and the next one waits. completing: everything is proven, and the last transaction
 * waits for the gate.
 */
export async function hold(
  url: string,
  dataset: { id: string; no: number },
  phase: Held,
  segment = 'doomd',
): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  // The server may be killed while it holds; then the lock is gone with it.
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN');
  for (const statement of statementsFor(`"ds_${dataset.id}"`, dataset.no, segment)[phase])
    await client.query(statement);
  return () => client.end().catch(() => {});
}

export type Held = HeldPhase | typeof allSlices | typeof beforeSteps | typeof betweenSteps;

function statementsFor(schema: string, datasetNo: number, segment: string): Record<Held, string[]> {
  const partitions = [0, 1, 2, 3];
  const lockEvents = (slices: number[]) => slices.map((slice) => `LOCK TABLE ${schema}.event_${slice} IN SHARE MODE`);
  const doomed = (table: string) =>
    `SELECT profile_id FROM ${schema}.${table} WHERE set_no = (SELECT set_no FROM ${schema}.segment WHERE id = '${segment}')`;
  const lockUsers = (slices: number[]) =>
    slices.map(
      (slice) => `SELECT FROM ${schema}.profile_${slice} WHERE id IN (${doomed(`membership_${slice}`)}) FOR UPDATE`,
    );
  return {
    start: lockEvents(partitions),
    deleting: lockEvents([2, 3]),
    beforeSteps: lockUsers(partitions),
    betweenSteps: lockUsers([2, 3]),
    // The last slice to be taken. Identities are what a step deletes last: all else of that step is done and not committed.
    lastStep: [`SELECT FROM ${schema}.identity WHERE profile_id = (${doomed('membership_3')} LIMIT 1) FOR UPDATE`],
    // The work list is touched by the proof alone; that of a slice that is proven is gone.
    verifying: [`${doomed('membership_3')} LIMIT 1 FOR UPDATE`],
    scrubbing: [`LOCK TABLE ${schema}.visit_2 IN ACCESS SHARE MODE`],
    allSlices: [`SELECT FROM ${schema}.deletion_slice WHERE slice >= 0 ORDER BY slice FOR UPDATE`],
    completing: [`SELECT pg_advisory_xact_lock_shared(${gateClass}, ${datasetNo})`],
  };
}
