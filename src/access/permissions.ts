/** Roles that a member or a token has in one dataset. */
export const roles = ['editor', 'campaignAuthor', 'analyst', 'viewer'] as const;
export type Role = (typeof roles)[number];

/**
 * What may be asked of an actor, one name a permission, with the roles that have it. An Administrator may do all of it in every
 * dataset that the actor reaches. Every route names the one it needs.
 */
const rolesWith = {
  viewDataset: ['editor', 'campaignAuthor', 'analyst', 'viewer'],
  exportUsers: ['editor', 'analyst'],
  editSegments: ['editor'],
  editCampaigns: ['editor', 'campaignAuthor'],
  importData: ['editor'],
  defineAttributes: ['editor'],
  deleteUsersInBulk: [],
  deleteUser: [],
  answerPrivacyRequests: [],
  manageWriteKeys: [],
  configureDataset: [],
  deleteDataset: [],
} as const satisfies Record<string, readonly Role[]>;

/** A permission in one dataset. */
export type DatasetPermission = keyof typeof rolesWith;

/** A permission in the whole account: Administrators whose reach is not limited to some datasets. */
export type AccountPermission = 'manageMembers' | 'manageTokens' | 'readAudits' | 'createDatasets' | 'readMetrics';

/** What a route asks: a permission, only a valid sign-in, or nothing. */
export type Permission = DatasetPermission | AccountPermission | 'signedIn' | 'public';

/** Whoever asks: a member through a session, a program through a token, or Lethe itself. */
export interface Actor {
  kind: 'member' | 'token' | 'system';
  id: string;
  name: string;
  administrator: boolean;
  /** Role by dataset id. */
  roles: Readonly<Record<string, Role>>;
  /** Where set, an administrator's reach ends at these datasets. */
  datasets?: readonly string[];
}

/** Whether the actor has any role in the dataset; if not, the dataset does not exist for this actor. */
export function reaches(actor: Actor, datasetId: string): boolean {
  if (actor.administrator) return actor.datasets === undefined || actor.datasets.includes(datasetId);
  return Object.hasOwn(actor.roles, datasetId);
}

export function mayInDataset(actor: Actor, permission: DatasetPermission, datasetId: string): boolean {
  if (!reaches(actor, datasetId)) return false;
  if (actor.administrator) return true;
  const role = actor.roles[datasetId];
  return role !== undefined && (rolesWith[permission] as readonly Role[]).includes(role);
}

/** An account-wide question; only unlimited administrators may. */
export function mayInAccount(actor: Actor, _permission: AccountPermission): boolean {
  return actor.administrator && actor.datasets === undefined;
}
