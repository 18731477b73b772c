import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { nestedIn } from './nesting.ts';
import { segmentStates } from './segment.ts';
import { listRuleSegments } from './segment-sql.ts';

/** Something that uses a segment. What is used cannot be deleted, and a bulk deletion says what it will take the users from. */
export const useSchema = z.object({
  kind: z.enum(['segment']),
  id: z.string(),
  name: z.string(),
  state: z.enum(segmentStates),
});
export type SegmentUse = z.infer<typeof useSchema>;

/** Finds what uses these segments: every use under the id of the segment that is used. */
type UseFinder = (ds: DatasetDb, segmentIds: ReadonlySet<string>) => Promise<Map<string, SegmentUse[]>>;

/** All that can use a segment, each with its finder: what is not on this list is not seen by anybody. */
const useFinders: Readonly<Record<SegmentUse['kind'], UseFinder>> = {
  segment: usesInRules,
};

export async function findUses(ds: DatasetDb, segmentId: string): Promise<SegmentUse[]> {
  return (await findUsesOfAll(ds, [segmentId])).get(segmentId) ?? [];
}

/** The uses of each of these segments; one that is not used has no entry. */
export async function findUsesOfAll(
  ds: DatasetDb,
  segmentIds: readonly string[],
): Promise<ReadonlyMap<string, SegmentUse[]>> {
  const ids = new Set(segmentIds);
  const uses = new Map<string, SegmentUse[]>();
  for (const find of Object.values(useFinders)) {
    for (const [id, found] of await find(ds, ids)) uses.set(id, [...(uses.get(id) ?? []), ...found]);
  }
  return uses;
}

/** Segments whose rules name others, the disabled ones included: they may be enabled. */
async function usesInRules(ds: DatasetDb, segmentIds: ReadonlySet<string>): Promise<Map<string, SegmentUse[]>> {
  const uses = new Map<string, SegmentUse[]>();
  for (const segment of await listRuleSegments(ds)) {
    const use: SegmentUse = { kind: 'segment', id: segment.id, name: segment.name, state: segment.state };
    for (const id of nestedIn(segment)) if (segmentIds.has(id)) uses.set(id, [...(uses.get(id) ?? []), use]);
  }
  return uses;
}
