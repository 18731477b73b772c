import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import type { Me } from '../../src/access/me-routes.ts';
import {
  type AccountPermission,
  type Actor,
  type DatasetPermission,
  mayInAccount,
  mayInDataset,
} from '../../src/access/permissions.ts';
import { request } from '../api/request.ts';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => request<Me>('GET', '/api/me', { signal }),
  staleTime: 30_000,
});

/** The member who is signed in. Only for screens behind the sign-in, which have asked before they open. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/**
 * Whether the member may do this in a dataset, by the very function that the server asks (access/permissions.ts): what the API refuses is
 * not shown.
 */
export function useMay(permission: DatasetPermission, dataset: string): boolean {
  return mayInDataset(actorOf(useMe()), permission, dataset);
}

export function useMayInAccount(permission: AccountPermission): boolean {
  return mayInAccount(actorOf(useMe()), permission);
}

function actorOf({ kind, id, name, administrator, roles, datasets }: Me): Actor {
  return { kind, id, name, administrator, roles, ...(datasets ? { datasets } : {}) };
}
