import { queryOptions } from '@tanstack/react-query';
import type { TokenItem } from '../../src/access/token-routes.ts';
import { requestAll } from '../api/request.ts';

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => requestAll<TokenItem>('/api/tokens', signal),
});
