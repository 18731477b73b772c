import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../../src/deletions/job.ts';

const betweenUpdatesMs = 20;

export interface BusyProgress {
  url: string;
  /** Resolves when a page has been told so many updates. */
  told(updates: number): Promise<void>;
  close(): void;
}

/** Passes everything on to a server, but the progress of a bulk deletion: that changes with every update, fifty times a second. */
export async function busyProgress(target: string): Promise<BusyProgress> {
  let updates = 0;
  const server = createServer((incoming, outgoing) => {
    if (!incoming.url?.endsWith('/progress')) return pass(target, incoming, outgoing);
    void tell(target, incoming, outgoing, () => updates++);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told: async (wanted) => {
      while (updates < wanted) await sleep(betweenUpdatesMs);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function pass(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers } = incoming;
  const onward = request(new URL(incoming.url ?? '/', target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}

async function tell(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  count: () => number,
): Promise<void> {
  const address = new URL((incoming.url ?? '/').replace(/\/progress$/, ''), target);
  const answer = await fetch(address, { headers: { cookie: incoming.headers.cookie ?? '' } });
  const job = (await answer.json()) as Job;
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
  while (!outgoing.destroyed) {
    const deleted = count() % (job.users + 1);
    const now = {
      ...job,
      deleted,
      remaining: job.users - deleted,
      percent: (100 * deleted) / job.users,
      usersPerSecond: 1_000 + deleted,
    };
    outgoing.write(`event: progress\nid: ${Date.now()}\ndata: ${JSON.stringify(now)}\n\n`);
    await sleep(betweenUpdatesMs);
  }
}
