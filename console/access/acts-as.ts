import type { Role } from '../../src/access/permissions.ts';
import { texts } from '../texts/texts.ts';

export interface Permitted {
  administrator: boolean;
  roles: Readonly<Record<string, Role>>;
  /** Where a token of an administrator ends; absent or null: nowhere. */
  datasets?: readonly string[] | null;
}

/** What a member or a token may act as, in words: "Editor of Shop, Viewer of Blog". */
export function actsAs({ administrator, roles, datasets }: Permitted, nameOf: (dataset: string) => string): string {
  const words = texts.access;
  if (administrator) return datasets ? words.everythingIn(datasets.map(nameOf).join(', ')) : words.administrator;
  const named = Object.entries(roles).map(([dataset, role]) =>
    words.account.roleIn(words.roleNames[role], nameOf(dataset)),
  );
  return named.length === 0 ? words.nothing : named.join(', ');
}
