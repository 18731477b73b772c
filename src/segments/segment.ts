import type { Actor } from '../access/permissions.ts';
import { LetheError } from '../errors.ts';

/**
 * A segment: a group of users. A rule-based one is kept current by its rule; a manual one and a subscriber list are lists.
 *
 *        create (rule)                                          create (list)
 *             │                                                      │
 *             ▼          its new set replaces the old one            ▼
 *         computing ───────────────────────────────────────────▶  ready
 *          ▲  ▲  │               disable (the old set stays)     ▲ │  │ ▲
 *          │  │  └───────────────────────────────────────────────┘ │  │ │
 *          │  └── edit the rule, enable, a nested segment changed ─┘  │ │
 *          │      (of an enabled rule-based segment)                  │ │
 *          └── the same again: from the beginning                     │ │
 *                              a bulk deletion starts (disables it)   ▼ │  the deletion is complete
 *                                                                  deleting
 *
 * Every move is made under the exclusive gate. While a segment is deleting nothing but the job changes it or its users.
 */
export const segmentStates = ['computing', 'ready', 'deleting'] as const;
export type SegmentState = (typeof segmentStates)[number];

const moves: Readonly<Record<SegmentState, readonly SegmentState[]>> = {
  computing: ['computing', 'ready'],
  ready: ['computing', 'deleting', 'ready'],
  deleting: ['ready'],
};

/** Asked wherever a state is assigned; a move that is not drawn above is a fault of ours. */
export function checkMove(segment: { id: string; state: SegmentState }, to: SegmentState): void {
  if (!moves[segment.state].includes(to))
    throw new Error(`Segment ${segment.id} cannot go from ${segment.state} to ${to}`);
}

export const segmentKinds = ['rule', 'manual', 'subscriberList'] as const;
export type SegmentKind = (typeof segmentKinds)[number];

/** Who made or changed something, with the name of that day. */
export interface ChangedBy {
  kind: Actor['kind'];
  id: string;
  name: string;
}

export function changedBy({ kind, id, name }: Actor): ChangedBy {
  return { kind, id, name };
}

/** The row of a segment, its rule as it was sent. */
export interface Segment {
  no: number;
  id: string;
  name: string;
  /** Where lists show it; null for none. */
  folder: string | null;
  kind: SegmentKind;
  rule: unknown;
  enabled: boolean;
  state: SegmentState;
  /** Rises with every change of what is computed. */
  generation: number;
  /** The set of users in force. */
  setNo: number;
  /** The set that is being computed. */
  nextSetNo: number | null;
  disabledBecause: 'byHand' | 'deletion' | null;
  createdAt: Date;
  /** Null where nobody is known. */
  createdBy: ChangedBy | null;
  updatedAt: Date;
  updatedBy: ChangedBy | null;
}

/** Whether events change its users: its rule is evaluated with every change of a profile. */
export function isEvaluated(segment: { kind: SegmentKind; enabled: boolean; state: SegmentState }): boolean {
  return segment.kind === 'rule' && segment.enabled && segment.state !== 'deleting';
}

export const segmentNameLengthMax = 200;
export const folderLengthMax = 200;

export function unknownSegment(): LetheError {
  return new LetheError('notFound', 'segment.unknown', 'There is no such segment in this dataset.');
}

/** Refuses changes while the bulk deletion of its users runs. */
export function refuseWhileDeleting(segment: { state: SegmentState }): void {
  if (segment.state !== 'deleting') return;
  throw new LetheError(
    'conflict',
    'segment.deleting',
    'All users of this segment are being deleted. It can be looked at, and changed again when the deletion is complete.',
  );
}

export function segmentUrl(datasetId: string, segmentId: string): string {
  return `/api/dataset/${datasetId}/segments/${segmentId}`;
}
