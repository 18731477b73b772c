import { shopPath } from './corner-shop.ts';
import type { Studio } from './studio.ts';

/** The sources of the shop: two programs that send, and what they have just sent. */
export async function takeSources(studio: Studio): Promise<void> {
  const web = await makeKey(studio, 'Web shop');
  const till = await makeKey(studio, 'Till system');
  await send(studio, till, [
    { type: 'track', event: 'Purchase', properties: { revenue: 12 } },
    { type: 'track', event: 'Purchase', userId: 'till-4711', properties: { revenue: 38.5 } },
  ]);
  await send(studio, web, [
    { type: 'page', anonymousId: 'visitor-1', name: 'Home' },
    { type: 'track', event: 'View Item', anonymousId: 'visitor-1', properties: { sku: '0042' } },
    { type: 'identify', userId: 'customer-1', anonymousId: 'visitor-1', traits: { name: 'Ada Lovelace' } },
    { type: 'track', event: 'Purchase', userId: 'customer-1', properties: { revenue: 59.9 } },
  ]);
  const page = await studio.open('/datasets/shop/sources');
  await page.getByRole('tab', { name: 'Node.js (Segment)' }).click();
  await studio.take(page, 'sources');
  await page.getByRole('button', { name: 'Delete the write key Till system' }).click();
  await studio.takeDialog(page, 'delete-write-key');
  await page.context().close();
}

async function makeKey(studio: Studio, name: string): Promise<string> {
  return (await studio.ask<{ key: string }>('POST', `${shopPath}/write-keys`, { name })).key;
}

/** One message after the other, as people act. */
async function send({ lethe }: Studio, writeKey: string, messages: readonly object[]): Promise<void> {
  for (const message of messages) {
    const body = JSON.stringify({ batch: [message], writeKey });
    await fetch(`${lethe.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }
}
