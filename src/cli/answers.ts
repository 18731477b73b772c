/** What the server answers, as far as commands read it (the full reference is /api/docs). */

export interface DatasetAnswer {
  id: string;
  name: string;
  type: string;
  /** Takes events at /api2/event. */
  eventApi?: boolean;
  quietHours?: { from: string; to: string; usersPerSecond: number } | null;
  createdAt?: string;
}

export interface SummaryAnswer {
  users: number;
  named: number;
  anonymous: number;
  identities: number;
  events: number;
  orders: number;
  revenue: number;
  segments: number;
}

export interface ImportAnswer {
  id: string;
  state: 'receiving' | 'running' | 'completed' | 'failed';
  rows: number;
  accepted: number;
  rejected: number;
  errors: { line: number; code: string; detail: string }[];
  ignoredColumns: string[];
  failure?: { code: string; detail: string } | null;
}

export interface UsedBy {
  kind: string;
  id: string;
  name: string;
  state: string;
}

export interface SegmentAnswer {
  id: string;
  name: string;
  kind: 'rule' | 'manual' | 'subscriberList';
  rule: unknown;
  enabled: boolean;
  state: 'computing' | 'ready' | 'deleting';
  users: number | null;
  createdAt: string;
  usedBy: UsedBy[];
}

export interface UserLine {
  id: string;
  userId: string | null;
  anonymous: boolean;
  displayName: string | null;
  identities: { type: string; value: string }[];
  firstActivity: string | null;
  lastActivity: string | null;
  segments: string[];
}

export interface UserAnswer {
  id: string;
  namedUserId: string | null;
  anonymous: boolean;
  displayName: string | null;
  attributes: { name: string; value: unknown; updated: string }[];
  identities: { type: string; value: string }[];
  firstActivity: string | null;
  lastActivity: string | null;
  orderHistory: { id: string; at: string; value: number }[];
  visitHistory: unknown[];
  segmentMembership: { id: string; joined: string }[];
}

export interface PreviewAnswer {
  users: number;
  shareOfDataset: number;
  rows: Record<string, number>;
  usedBy: UsedBy[];
  overlaps: { segment: string; name: string; users: number }[];
  sample: UserLine[];
  estimatedSeconds: number;
  estimateBasis: 'default' | 'measured';
  /** That of a start that names none. */
  erasure: 'standard' | 'scrub';
  blockedBy: null | { job: { id: string; url: string } };
}

export interface JobAnswer {
  id: string;
  segment: { id: string; name: string };
  state: 'running' | 'failing' | 'completed';
  phase: string | null;
  users: number;
  deleted: number;
  remaining: number;
  percent: number;
  usersPerSecond: number | null;
  secondsLeft: number | null;
  requestedBy: { id: string; name: string };
  erasure: 'standard' | 'scrub';
  /** Tables written anew so far. */
  scrub: null | { tables: number; of: number };
  startedAt: string;
  completedAt: string | null;
  rowsDeleted: Record<string, number>;
  verified: null | { leftovers: Record<string, number>; at: string };
  heldBackBy: string | null;
  failure: null | { code: string; detail: string; nextTryAt: string };
}

export interface MemberAnswer {
  id: string;
  email: string;
  name: string;
  administrator: boolean;
  roles: Record<string, string>;
  oneTimePassword?: string;
}

export interface TokenAnswer {
  keyId: string;
  secret?: string;
  name: string;
  administrator: boolean;
  roles: Record<string, string>;
  datasets?: string[] | null;
  createdAt?: string;
  lastUsedAt?: string | null;
}

export interface OrphansAnswer {
  dataset: string;
  clean: boolean;
  rowsWithoutProfile: Record<string, number>;
  profilesWithoutIdentity: number;
  workList: null | { job: string; rows: number; rowsWithoutProfile: number };
}
