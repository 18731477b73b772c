import type { GatedTx } from '../database/gate.ts';
import { scheduleNextChange } from './clock-sql.ts';
import { ruleOf } from './nesting.ts';
import { nextChanges } from './next-change-sql.ts';
import type { References } from './references.ts';
import { looksAtClock } from './rule.ts';

/**
 * Puts these profiles on the clock for the first moment at which time alone may change what one of the segments holds of them.
 * They are locked and have just been evaluated at `now`. Without a segment that looks at the clock it asks the database nothing.
 */
export async function scheduleLooks(
  tx: GatedTx,
  profileIds: readonly number[],
  segments: readonly { rule: string | null }[],
  { references, now }: { references: References; now: Date },
): Promise<void> {
  if (profileIds.length === 0) return;
  const rules = segments.map(ruleOf).filter(looksAtClock);
  if (rules.length === 0) return;
  for (const change of nextChanges(rules, { ds: tx, now, ...references }))
    await scheduleNextChange(tx, profileIds, change);
}
