import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ListOutcome } from '../../src/privacy/delete-list.ts';
import type { LookUpOutcome } from '../../src/privacy/look-up-list.ts';
import type { UserItem } from '../../src/profiles/user-items.ts';
import { inDataset, request } from '../api/request.ts';
import type { IdentityList } from './identity-list.ts';

/** One line of the list, as the reader counts lines. */
export interface Line {
  line: number;
  identity: string;
  user: UserItem | null;
}

export interface LookedUp {
  list: IdentityList;
  /** Users; one who is named twice is one. */
  found: number;
  lines: Line[];
}

export interface Answered {
  deleted: number;
  lines: (Line & { outcome: 'deleted' | 'unknown' })[];
}

/** The list now finds other users than those that were looked at; nobody was deleted. */
export class OthersFound extends Error {
  readonly now: LookedUp;

  constructor(now: LookedUp) {
    super('The list finds other users than before.');
    this.name = 'OthersFound';
    this.now = now;
  }
}

/** Looks a list up, which changes nothing. */
export function useLookUp(dataset: string) {
  return useMutation({
    mutationFn: (list: IdentityList) => lookUp(dataset, list),
    ...leavesNothing,
  });
}

/**
 * Deletes whom the list finds, if these are still the ones that were looked at: the call itself takes whoever has these identities when
 * it comes. Fails with OthersFound.
 */
export function useDeletion(dataset: string, seen: LookedUp, onAnswered: (answered: Answered) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (): Promise<Answered> => {
      const now = await lookUp(dataset, seen.list);
      if (!isSame(now, seen)) throw new OthersFound(now);
      const { deleted, items } = await send<ListOutcome>(dataset, 'delete', seen.list);
      const lines = seen.lines.map((line, index) => ({ ...line, outcome: items[index]?.outcome ?? 'unknown' }));
      return { deleted, lines };
    },
    onSuccess: (answered) => {
      for (const changed of ['users', 'user', 'summary', 'segments', 'segment'])
        client.removeQueries({ queryKey: [changed, dataset], type: 'inactive' });
      onAnswered(answered);
    },
    ...leavesNothing,
  });
}

/** What was sent and answered is kept only as long as it is on the screen. */
const leavesNothing = { gcTime: 0 };

async function lookUp(dataset: string, list: IdentityList): Promise<LookedUp> {
  const { found, items } = await send<LookUpOutcome>(dataset, 'look-up', list);
  const lines = items.map(({ line, user }, index) => ({
    line: list.hasOwnHeader ? line : line - 1,
    // The server answers the lines in their order, and says no name.
    identity: list.identities[index] ?? '',
    user,
  }));
  return { list, found, lines };
}

function send<Answer>(dataset: string, call: 'look-up' | 'delete', { csv }: IdentityList): Promise<Answer> {
  const body = new FormData();
  body.append('file', new File([csv], 'list.csv', { type: 'text/csv' }));
  return request<Answer>('POST', inDataset(dataset, 'users', call), { body });
}

/** Whether every line names the same user as before. */
function isSame(a: LookedUp, b: LookedUp): boolean {
  return a.lines.length === b.lines.length && a.lines.every(({ user }, at) => user?.id === b.lines[at]?.user?.id);
}
