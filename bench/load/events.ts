import { messageFrom, type Senders } from './messages.ts';
import type { Answered, Requests } from './requests.ts';

/** Sends a batch of messages by the tracking API; `isGood` when all of them are durable. */
export async function sendBatch(
  requests: Requests,
  senders: Senders,
  { firstNo, size }: { firstNo: number; size: number },
): Promise<Answered & { isGood: boolean }> {
  const batch = Array.from({ length: size }, (_, no) => messageFrom(senders, firstNo + no));
  const answered = await requests.post('/v1/batch', JSON.stringify({ batch, sentAt: new Date().toISOString() }));
  return { ...answered, isGood: answered.status === '200' && answered.text === '{"success":true}' };
}

/** How the tracking API is told a write key. */
export function writeKeyAuthorization(writeKey: string): string {
  return `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
}
