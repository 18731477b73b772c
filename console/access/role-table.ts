import {
  type AccountPermission,
  type Actor,
  type DatasetPermission,
  mayInAccount,
  mayInDataset,
  type Role,
  roles,
} from '../../src/access/permissions.ts';
import { texts } from '../texts/texts.ts';

/** A column of the table: whoever may do everything, then the roles of a dataset. */
export const columns = ['administrator', ...roles] as const;
export type Column = 'administrator' | Role;

export interface RoleRow {
  may: string;
  /** Whether each column may, as the server answers it. */
  by: Record<Column, boolean>;
}

const dataset = 'shop';

function actorAs(column: Column): Actor {
  const administrator = column === 'administrator';
  return { kind: 'member', id: '', name: '', administrator, roles: administrator ? {} : { [dataset]: column } };
}

function rowOf(may: string, isAllowed: (actor: Actor) => boolean): RoleRow {
  const by = Object.fromEntries(columns.map((column) => [column, isAllowed(actorAs(column))]));
  return { may, by: by as Record<Column, boolean> };
}

/** What each role may in a dataset: asked of the function that the server asks, so the table cannot say anything else. */
export function rowsOfDataset(): RoleRow[] {
  return Object.entries(texts.access.roles.permissions).flatMap(([permission, may]) =>
    may === null ? [] : [rowOf(may, (actor) => mayInDataset(actor, permission as DatasetPermission, dataset))],
  );
}

const shownOfAccount: readonly AccountPermission[] = ['manageMembers', 'manageTokens', 'readAudits', 'createDatasets'];

/** What concerns the whole account, as one row. */
export function rowsOfAccount(): RoleRow[] {
  const may = (actor: Actor) => shownOfAccount.every((permission) => mayInAccount(actor, permission));
  return [rowOf(texts.access.roles.account, may)];
}
