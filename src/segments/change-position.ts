import { z } from 'zod';
import { readCursor, writeCursor } from '../http/app.ts';

/** The text of a PostgreSQL snapshot: `xmin:xmax:xip,…`. */
const snapshot = z.string().regex(/^\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?$/);

const position = z.strictObject({
  /** The id under which the segment's changes were kept. */
  following: z.string(),
  /** Everything that this snapshot sees has been told. */
  after: snapshot,
  /** Of what became visible from there to a later snapshot, everything up to a number has been told as well. */
  within: z.strictObject({ upto: snapshot, seq: z.int().nonnegative() }).optional(),
});

/** How far a reader of a segment's changes has come. */
export type ChangePosition = z.infer<typeof position>;

/** The `id:` of an event: opaque, and all that is needed to go on behind it, on any server. */
export function writePosition(at: ChangePosition): string {
  return writeCursor(at);
}

/** Throws `query.cursor` for what is no id of such an event. */
export function readPosition(id: string | undefined): ChangePosition | undefined {
  return readCursor(id, position);
}

/** Whether everything that a snapshot does not see is still kept, when changes up to this transaction are not. */
export function isKept(after: string, clearedUpto: string): boolean {
  return BigInt(after.split(':')[0] as string) > BigInt(clearedUpto);
}

/** Whether one snapshot may have been taken before another one. Not so where the database was restored from an older copy. */
export function isBefore(after: string, upto: string): boolean {
  const xmaxOf = (text: string) => BigInt(text.split(':')[1] as string);
  return xmaxOf(after) <= xmaxOf(upto);
}
