import type { GatedTx } from '../database/gate.ts';
import { type Attributes, countAdded, readAttributes, setAttributes, storeAttributes } from '../profiles/attributes.ts';
import { readProfiles } from '../profiles/figures-sql.ts';
import type { Incoming } from './message.ts';
import type { Written } from './tally.ts';

/** Why a message was not taken. */
export interface Refusal {
  code: string;
  detail: string;
}

export interface AppliedTraits {
  /** All attributes of each profile as JSON text, in their order; undefined where no message of the profile brought any. */
  attributes: (string | undefined)[];
  /** Messages that would give a profile more attributes than it may have. */
  refused: ReadonlyMap<Incoming, Refusal>;
}

/** What the attributes of these profiles, which are locked or new, become by the traits of their messages; in order. */
export async function applyTraits(
  tx: GatedTx,
  profiles: readonly Written[],
  attributesMax: number,
): Promise<AppliedTraits> {
  const refused = new Map<Incoming, Refusal>();
  const changing = new Set(profiles.filter(({ messages }) => messages.some(({ message }) => message.traits)));
  const existing = [...changing].filter(({ isNew }) => !isNew).map(({ id }) => id);
  const rows = existing.length > 0 ? await readProfiles(tx, existing) : [];
  const stored = new Map(rows.map((row) => [row.id, row.attributes]));
  const attributes = profiles.map((profile) => {
    if (!changing.has(profile)) return undefined;
    const ofProfile = readAttributes(stored.get(profile.id) ?? {});
    for (const incoming of profile.messages) {
      if (!applyMessage(ofProfile, incoming, attributesMax)) refused.set(incoming, tooMany(attributesMax));
    }
    return storeAttributes(ofProfile);
  });
  return { attributes, refused };
}

/** False when there would be too many attributes; a profile that has too many by a merge may still change those it has. */
function applyMessage(attributes: Attributes, { message, origin }: Incoming, attributesMax: number): boolean {
  const { traits, at } = message;
  if (!traits) return true;
  const added = countAdded(attributes, traits);
  if (added > 0 && attributes.size + added > attributesMax) return false;
  setAttributes(attributes, traits, {
    at: at.getTime(),
    from: origin.from,
    ...(origin.trusted ? { trusted: true } : {}),
  });
  return true;
}

function tooMany(attributesMax: number): Refusal {
  return {
    code: 'profile.attributes',
    detail: `A user has at most ${attributesMax} attributes (LETHE_ATTRIBUTES_PER_PROFILE_MAX), and this message would add to them; remove some with null first.`,
  };
}
