import type { RowCounts } from '../../src/profiles/places.ts';
import type { UserDetails } from '../../src/profiles/show-user.ts';

/** Rows of each kind that a user has, as the deletion will count them. */
export function rowsOf(user: UserDetails): RowCounts {
  const { figures, actions, segmentMembership, membershipChanges, identities, nextLookAt } = user;
  return {
    profiles: 1,
    events: figures.events,
    visits: figures.visits,
    actionCounts: actions.length,
    memberships: segmentMembership.length,
    membershipChanges,
    clockEntries: nextLookAt === null ? 0 : 1,
    identities: identities.length,
  };
}
