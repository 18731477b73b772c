import type { StepTx } from '../database/gate.ts';
import { addToCounts, addToHistory, findSegmentsOfSets, holdSegmentsOfSets } from '../segments/membership-sql.ts';

/**
 * Takes users who went from the counters of their segments: the last statements of a step. The stripe is the number of the step's first
 * slice, so that steps never wait for each other here. Sets that belong to no segment any more have no counters.
 */
export async function countLeavers(
  tx: StepTx,
  stripe: number,
  leavers: ReadonlyMap<number, number>,
  now: Date,
): Promise<void> {
  await holdSegmentsOfSets(tx, [...leavers.keys()]);
  const segments = await findSegmentsOfSets(tx, [...leavers.keys()]);
  const gone = segments.flatMap(({ segmentNo, setNo, inForce }) => {
    const users = leavers.get(setNo) ?? 0;
    return users === 0 ? [] : [{ segmentNo, setNo, inForce, users }];
  });
  if (gone.length === 0) return;
  await addToCounts(
    tx,
    stripe,
    gone.map(({ setNo, users }) => ({ setNo, users: -users })),
  );
  const inForce = gone.filter((each) => each.inForce);
  if (inForce.length === 0) return;
  await addToHistory(
    tx,
    stripe,
    inForce.map(({ segmentNo, users }) => ({ segmentNo, joined: 0, left: 0, deleted: users })),
    now,
  );
}
