import type { AuditEntry } from '../../src/audit/audit-routes.ts';
import { isVersion } from './differences.ts';

/** What the thing of an entry was called then, or its id; `names` knows members and tokens of today by id. */
export function nameOfObject({ object, before, after }: AuditEntry, names: ReadonlyMap<string, string>): string {
  for (const version of [after, before]) {
    const name = isVersion(version) ? version.name : undefined;
    if (typeof name === 'string' && name !== '') return name;
  }
  return names.get(object.id) ?? object.id;
}
