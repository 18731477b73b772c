import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { GatedTx } from '../database/gate.ts';
import { takeMessageKeys } from './write-sql.ts';

/** What is kept of a messageId: a hash with the installation's secret, so that nobody can try ids out on a stolen copy. */
export function messageKeyOf(secret: KeyObject, messageId: string): string {
  const hash = createHmac('sha256', secret).update(messageId).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}`;
}

/** Those of the messages that were not received before; of two with the same id in one batch the first. */
export async function takeOnce<M extends { messageId?: string }>(
  tx: GatedTx,
  messages: readonly M[],
  { secret, hours, now }: { secret: Uint8Array; hours: number; now: Date },
): Promise<M[]> {
  // Made once for all: from raw bytes every hash would make its own.
  const key = createSecretKey(secret);
  const keys = messages.map(({ messageId }) => (messageId === undefined ? undefined : messageKeyOf(key, messageId)));
  const distinct = [...new Set(keys.filter((key) => key !== undefined))];
  if (distinct.length === 0) return [...messages];
  const seenAfter = new Date(now.getTime() - hours * 3_600_000);
  const open = new Set(await takeMessageKeys(tx, distinct, { now, seenAfter }));
  return messages.filter((_, index) => {
    const key = keys[index];
    return key === undefined || open.delete(key);
  });
}
