import type { DatasetDb } from '../database/handle.ts';
import { type ExportedUser, readUsersToExport } from './export-sql.ts';
import { publicId } from './profile.ts';

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
 * Users as CSV (RFC 4180), a page of rows at a time: memory does not grow with their number, and no transaction stays open for a
 * slow reader. They are all users of the dataset, or those of the set that `findSet` answers before each page. Everybody in it
 * was there when the page was read, and nobody is in it twice.
 */
export async function* exportUsers(ds: DatasetDb, findSet?: () => Promise<number>): AsyncGenerator<string> {
  yield line(Object.keys(columns));
  for (let afterId = 0; ; ) {
    const users = await readUsersToExport(ds, { setNo: await findSet?.(), afterId, limit: usersPerPage });
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
