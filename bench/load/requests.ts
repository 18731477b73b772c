import { Agent, request } from 'node:http';

/** What was answered; `status` is `error` for a connection that broke, and `text` says how. */
export interface Answered {
  status: string;
  text: string;
}

/** Requests to one server over so many connections, which are kept. */
export class Requests {
  readonly #url: string;
  readonly #authorization: string;
  readonly #agent: Agent;

  constructor(url: string, { authorization, connections }: { authorization: string; connections: number }) {
    this.#url = url;
    this.#authorization = authorization;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  get(path: string): Promise<Answered> {
    return this.#ask('GET', path);
  }

  post(path: string, body: string): Promise<Answered> {
    return this.#ask('POST', path, body);
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(method: string, path: string, body?: string): Promise<Answered> {
    const { promise, resolve } = Promise.withResolvers<Answered>();
    const broke = (error: Error) => resolve({ status: 'error', text: error.message });
    const headers = {
      authorization: this.#authorization,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const asking = request(`${this.#url}${path}`, { method, agent: this.#agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: String(response.statusCode), text }));
      response.on('error', broke);
    });
    asking.on('error', broke);
    asking.end(body);
    return promise;
  }
}
