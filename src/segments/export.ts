import type { DatasetDb } from '../database/handle.ts';
import { exportUsers } from '../profiles/export.ts';
import { unknownSegment } from './segment.ts';
import { findSegment } from './segment-sql.ts';

/**
 * The users of a segment as CSV.
 *
 * Throws `segment.unknown`, also in the middle when the segment is deleted: a file that ends early must not look whole.
 */
export function exportSegment(ds: DatasetDb, segmentId: string): AsyncGenerator<string> {
  return exportUsers(ds, async () => {
    const segment = await findSegment(ds, segmentId);
    if (!segment) throw unknownSegment();
    return segment.setNo;
  });
}
