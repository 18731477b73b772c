import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { withSnapshot } from '../database/snapshot.ts';
import { readCursor, writeCursor } from '../http/app.ts';
import { ruleOf } from './nesting.ts';
import { looksAtClock } from './rule.ts';
import { segmentKinds, segmentStates, unknownSegment } from './segment.ts';
import { findSegmentWithUsers, listSegments, type SegmentWithUsers } from './segment-sql.ts';
import { findUses, findUsesOfAll, type SegmentUse, useSchema } from './segment-uses.ts';

const changedBySchema = z.object({ kind: z.enum(['member', 'token', 'system']), id: z.string(), name: z.string() });

export const segmentSchema = z.object({
  id: z.string(),
  name: z.string(),
  folder: z.string().nullable(),
  kind: z.enum(segmentKinds),
  rule: z.unknown().describe('As it was sent; null for a list'),
  looksAtClock: z
    .boolean()
    .describe('Whether time alone moves users into it and out of it; the clock of a segment that it nests is its own'),
  enabled: z.boolean(),
  state: z.enum(segmentStates),
  users: z.number().int().nullable().describe('Exact; null while computing'),
  createdAt: z.iso.datetime(),
  createdBy: changedBySchema.nullable(),
  updatedAt: z.iso.datetime(),
  updatedBy: changedBySchema.nullable(),
  disabledBecause: z.enum(['byHand', 'deletion']).nullable(),
  usedBy: z.array(useSchema),
});
export type SegmentItem = z.infer<typeof segmentSchema>;

/** A segment as it stands. Throws `segment.unknown`. */
export async function showSegment(ds: DatasetDb, id: string): Promise<SegmentItem> {
  const segment = await findSegmentWithUsers(ds, id);
  if (!segment) throw unknownSegment();
  return itemOf(segment, await findUses(ds, id));
}

const cursorSchema = z.object({ name: z.string(), id: z.string() });

/** A page of the segments, by name. */
export async function showSegments(
  ds: DatasetDb,
  { showDisabled, limit, cursor }: { showDisabled: boolean; limit: number; cursor?: string | undefined },
): Promise<{ items: SegmentItem[]; nextCursor: string | null }> {
  const after = readCursor(cursor, cursorSchema);
  return withSnapshot(ds.dataset, ds.db, async (snapshot) => {
    const found = await listSegments(snapshot, { showDisabled, limit: limit + 1, after });
    const page = found.slice(0, limit);
    const uses = await findUsesOfAll(
      snapshot,
      page.map((segment) => segment.id),
    );
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      items: page.map((segment) => itemOf(segment, uses.get(segment.id) ?? [])),
      nextCursor: last ? writeCursor({ name: last.name, id: last.id }) : null,
    };
  });
}

function itemOf(segment: SegmentWithUsers, usedBy: SegmentUse[]): SegmentItem {
  return {
    id: segment.id,
    name: segment.name,
    folder: segment.folder,
    kind: segment.kind,
    rule: segment.rule === null ? null : JSON.parse(segment.rule),
    looksAtClock: segment.rule !== null && looksAtClock(ruleOf(segment)),
    enabled: segment.enabled,
    state: segment.state,
    users: segment.state === 'computing' ? null : segment.users,
    createdAt: segment.createdAt.toISOString(),
    createdBy: segment.createdBy,
    updatedAt: segment.updatedAt.toISOString(),
    updatedBy: segment.updatedBy,
    disabledBecause: segment.disabledBecause,
    usedBy,
  };
}
