import type { Actor } from './permissions.ts';

/** Lethe itself, or the operator on the machine: what is done at a start or by a command without a server. */
export const systemActor: Actor = { kind: 'system', id: 'system', name: 'Lethe', administrator: true, roles: {} };
