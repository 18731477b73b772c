import { infiniteQueryOptions } from '@tanstack/react-query';
import type { AuditEntry } from '../../src/audit/audit-routes.ts';
import { type Page, queryOf, request } from '../api/request.ts';
import { type AuditFilter, parametersOf } from './audit-filter.ts';

const pageEntries = 100;

/** An entry, and a name for its row: the API gives entries none. */
export interface AuditRow extends AuditEntry {
  key: string;
}

export function auditQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) => {
      const query = queryOf({ ...parametersOf(filter), limit: pageEntries, cursor: pageParam });
      return request<Page<AuditEntry>>('GET', `/api/audit${query}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }): AuditRow[] =>
      pages.flatMap(({ items }, page) => items.map((item, index) => ({ ...item, key: `${page}.${index}` }))),
  });
}
