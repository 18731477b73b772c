import type { Identity } from '../identities/identity.ts';

/** The distinct identities that a batch names, and which of them each of its messages names, by their place in that list. */
export interface NamedIdentities {
  identities: Identity[];
  byMessage: number[][];
}

export function identityKey({ type, value }: Identity): string {
  return `${type}\0${value}`;
}

export function nameIdentities(messages: readonly (readonly Identity[])[]): NamedIdentities {
  const places = new Map<string, number>();
  const identities: Identity[] = [];
  const byMessage = messages.map((named) =>
    named.map((identity) => {
      const key = identityKey(identity);
      let place = places.get(key);
      if (place === undefined) {
        place = identities.push(identity) - 1;
        places.set(key, place);
      }
      return place;
    }),
  );
  return { identities, byMessage };
}

/** Messages and identities that belong to one profile. */
export interface Group {
  /** Places of its identities. */
  identities: number[];
  /** Indexes of its messages, ascending. */
  messages: number[];
}

/**
 * Puts together what belongs to one profile: identities that one message names, and identities that name one profile already.
 * `owners` has the profile that each identity names, undefined where it is new.
 */
export function groupMessages(named: NamedIdentities, owners: readonly (number | undefined)[]): Group[] {
  const parents = named.identities.map((_, place) => place);
  const rootOf = (place: number): number => {
    let root = place;
    while (parents[root] !== root) root = parents[root] as number;
    // Shortens the way for the next one who asks.
    for (let at = place; at !== root; ) {
      const next = parents[at] as number;
      parents[at] = root;
      at = next;
    }
    return root;
  };
  const join = (a: number, b: number) => {
    parents[rootOf(a)] = rootOf(b);
  };

  const byOwner = new Map<number, number>();
  owners.forEach((owner, place) => {
    if (owner === undefined) return;
    const other = byOwner.get(owner);
    if (other === undefined) byOwner.set(owner, place);
    else join(place, other);
  });
  for (const places of named.byMessage) for (const place of places) join(place, places[0] as number);

  const groups = new Map<number, Group>();
  const groupOf = (root: number) => {
    let group = groups.get(root);
    if (!group) {
      group = { identities: [], messages: [] };
      groups.set(root, group);
    }
    return group;
  };
  named.identities.forEach((_, place) => {
    groupOf(rootOf(place)).identities.push(place);
  });
  named.byMessage.forEach((places, message) => {
    groupOf(rootOf(places[0] as number)).messages.push(message);
  });
  return [...groups.values()];
}
