import type { Role } from '../../src/access/permissions.ts';
import { texts } from '../texts/texts.ts';

export interface Permitted {
  administrator: boolean;
  roles: Readonly<Record<string, Role>>;
  /** Where a token of an administrator ends; absent or null: nowhere. */
  datasets?: readonly string[] | null;
}

/** What a member or a token may act as, in words: "Editor of shop, Viewer of blog". */
export function actsAs({ administrator, roles, datasets }: Permitted): string {
  const words = texts.access;
  if (administrator) return datasets ? words.everythingIn(datasets.join(', ')) : words.administrator;
  const named = Object.entries(roles).map(([dataset, role]) => words.account.roleIn(words.roleNames[role], dataset));
  return named.length === 0 ? words.nothing : named.join(', ');
}
