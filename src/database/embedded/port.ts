import { once } from 'node:events';
import { createServer } from 'node:net';
import { LetheError } from '../../errors.ts';

/**
 * Below the ports that systems give to outgoing connections. From among those, a client that tries to reach a server that is
 * being restarted can be given the server's own port, is then connected with itself and keeps the server from coming back.
 */
const firstPort = 20_000;
const lastPort = 32_000;

/** A port of this machine that nobody listens on. Another program may take it before it is used. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    if (await isFree(port)) return port;
  }
  throw new LetheError('away', 'database.no_port', `No free port between ${firstPort} and ${lastPort} on 127.0.0.1.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
