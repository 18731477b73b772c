import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands between a library and the server: all of it passes, but for answers that are lost on the way. */
export interface UnreliableWay {
  url: string;
  /** Loses the answers to everything that is sent from now on, after the server has given them. */
  loseAnswers(isLosing: boolean): void;
  /** Answers lost so far. */
  lost(): number;
  close(): void;
}

export async function openUnreliableWay(server: () => string): Promise<UnreliableWay> {
  let isLosing = false;
  let lost = 0;
  const pass = (from: IncomingMessage, to: ServerResponse) => {
    const { method, url, headers } = from;
    const passed = request(`${server()}${url}`, { method, headers, agent: false }, (answer) => {
      if (isLosing && method === 'POST') {
        answer.resume();
        lost++;
        from.socket.destroy();
        return;
      }
      to.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(to);
      answer.on('error', () => from.socket.destroy());
    });
    passed.on('error', () => from.socket.destroy());
    from.pipe(passed);
  };
  const way = createServer(pass);
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  const { port } = way.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
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
