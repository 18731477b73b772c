import type { DatasetDb } from '../database/handle.ts';
import { publicId } from '../profiles/profile.ts';
import { type ExportedUser, readUsersToExport } from './export-sql.ts';
import { unknownSegment } from './segment.ts';
import { findSegment } from './segment-sql.ts';

const usersPerPage = 1_000;

const columns: Readonly<Record<string, (user: ExportedUser) => string>> = {
  id: (user) => publicId(user.id),
  userId: (user) => user.userId ?? '',
  anonymous: (user) => String(user.anonymous),
  firstActivity: (user) => user.firstActivity?.toISOString() ?? '',
  lastActivity: (user) => user.lastActivity?.toISOString() ?? '',
  joined: (user) => user.joined.toISOString(),
  identities: (user) => user.identities,
  attributes: (user) => user.attributes,
};

/**
 * The users of a segment as CSV (RFC 4180), a page of rows at a time: memory does not grow with the segment, and no transaction
 * stays open for a slow reader. Everybody in it was a user of the segment when the page was read, and nobody is in it twice.
 *
 * Throws `segment.unknown`, also in the middle when the segment is deleted: a file that ends early must not look whole.
 */
export async function* exportSegment(ds: DatasetDb, segmentId: string): AsyncGenerator<string> {
  yield line(Object.keys(columns));
  for (let afterId = 0; ; ) {
    const segment = await findSegment(ds, segmentId);
    if (!segment) throw unknownSegment();
    const users = await readUsersToExport(ds, { setNo: segment.setNo, afterId, limit: usersPerPage });
    if (users.length > 0) {
      yield users.map((user) => line(Object.values(columns).map((cell) => cell(user)))).join('');
    }
    const last = users.at(-1);
    if (!last || users.length < usersPerPage) return;
    afterId = last.id;
  }
}

function line(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}
