import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Sends at a steady rate, whatever the answers take, and tells each when it was due: whoever is late counts from then. Ends when the
 * next one would be due after `until`, or when `isStopped`, and every answer is there.
 */
export async function openLoop(
  { perSecond, until, isStopped }: { perSecond: number; until: number; isStopped(): boolean },
  send: (due: number) => Promise<void>,
): Promise<void> {
  const began = performance.now();
  const sent: Promise<void>[] = [];
  for (let no = 0; !isStopped(); no++) {
    const due = began + (no * 1_000) / perSecond;
    if (due >= until) break;
    const early = due - performance.now();
    if (early > 1) await sleep(early);
    sent.push(send(due));
  }
  await Promise.all(sent);
}
