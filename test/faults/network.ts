import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a server and its database, as a network does, and can do what networks do. */
export class Network {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #target: number;
  #refuses = false;
  #commitsUntilLoss = 0;
  #lost: (() => void) | undefined;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  /** Listens on a free port of this machine and passes on to another one. */
  static async before(databaseUrl: string): Promise<Network> {
    const network = new Network(Number(new URL(databaseUrl).port));
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  /** The address of the same database by this way. */
  addressOf(databaseUrl: string): string {
    return Object.assign(new URL(databaseUrl), { port: String((this.#server.address() as AddressInfo).port) }).href;
  }

  /** New connections go to another port of this machine. */
  leadTo(port: number): void {
    this.#target = port;
  }

  /** Breaks every connection, without a word to either side. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Lets no connection come about until `open`. */
  shut(): void {
    this.#refuses = true;
    this.cut();
  }

  open(): void {
    this.#refuses = false;
  }

  /** Passes the nth COMMIT from now on to the database and breaks the connection before its answer; resolves then. */
  loseAnswerToCommit(nth: number): Promise<void> {
    this.#commitsUntilLoss = nth;
    return new Promise((resolve) => {
      this.#lost = resolve;
    });
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    if (this.#refuses) {
      client.resetAndDestroy();
      return;
    }
    const database = connect(this.#target, '127.0.0.1');
    const pair = [client, database] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    client.on('data', (sent) => {
      const loses = isCommit(sent) && this.#losesThisOne();
      if (loses) client.resetAndDestroy();
      // Ends in order, so that what was sent arrives.
      if (loses) database.end(sent);
      else database.write(sent);
    });
    database.on('data', (answered) => client.write(answered));
  }

  #losesThisOne(): boolean {
    if (this.#commitsUntilLoss === 0 || --this.#commitsUntilLoss > 0) return false;
    this.#lost?.();
    return true;
  }
}

/** A simple query of PostgreSQL's protocol that says nothing else. */
function isCommit(sent: Buffer): boolean {
  return sent[0] === 'Q'.charCodeAt(0) && /^commit\0$/i.test(sent.subarray(5).toString('latin1'));
}
