import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What stands between a library and the server, as a proxy would: requests wait while there is no server, those that it had when it
 * was killed break off, and answers can be lost.
 */
export interface UnreliableWay {
  url: string;
  /** Loses the answers to what is posted from now on, after the server has given them. */
  loseAnswers(isLosing: boolean): void;
  /** Answers lost so far. */
  lost(): number;
  close(): void;
}

export async function openUnreliableWay(server: () => string): Promise<UnreliableWay> {
  let isLosing = false;
  let lost = 0;
  const way = createServer(async (from, to) => {
    const answer = await passOn(from, server()).catch(() => undefined);
    const isLost = isLosing && from.method === 'POST' && answer !== undefined;
    if (isLost) lost++;
    if (answer && !isLost) await giveBack(answer, to).catch(() => from.socket.destroy());
    else from.socket.destroy();
  });
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  return {
    url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    loseAnswers: (losing) => {
      isLosing = losing;
    },
    lost: () => lost,
    close: () => {
      way.close();
      way.closeAllConnections();
    },
  };
}

async function passOn(from: IncomingMessage, server: string): Promise<IncomingMessage> {
  const body = Buffer.concat(await from.toArray());
  const { method, url, headers } = from;
  for (;;) {
    try {
      const passed = request(`${server}${url}`, { method, headers, agent: false }).end(body);
      return (await once(passed, 'response'))[0] as IncomingMessage;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) throw error;
      await sleep(50);
    }
  }
}

async function giveBack(answer: IncomingMessage, to: ServerResponse): Promise<void> {
  const body = Buffer.concat(await answer.toArray());
  const { 'transfer-encoding': _, ...headers } = answer.headers;
  to.writeHead(answer.statusCode ?? 500, headers).end(body);
}
