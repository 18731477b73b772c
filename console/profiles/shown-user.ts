import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { UserDetails } from '../../src/profiles/show-user.ts';
import { userQuery } from './user-queries.ts';

/** The user whose screen is open, for its parts: the screen has read it before it shows one. */
export function useShownUser(): { dataset: string; user: UserDetails } {
  const { ds, user: id } = useParams({ from: '/signed-in/datasets/$ds/users/$user' });
  const { data: user } = useSuspenseQuery(userQuery(ds, id));
  return { dataset: ds, user };
}
