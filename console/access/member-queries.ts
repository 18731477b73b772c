import { queryOptions } from '@tanstack/react-query';
import type { MemberItem } from '../../src/access/member-routes.ts';
import { requestAll } from '../api/request.ts';

/** Everybody who signs in; for those who manage members. */
export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: ({ signal }) => requestAll<MemberItem>('/api/members', signal),
});
