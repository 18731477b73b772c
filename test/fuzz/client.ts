import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { Answer, FuzzRequest } from './case.ts';

/** Longer than anything takes that ever ends. */
const patienceMs = 30_000;

export class FuzzClient {
  readonly #url: URL;
  readonly #agent: Agent;

  constructor(url: string, connections: number) {
    this.#url = new URL(url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Undefined where the connection ended without an answer. */
  send(fuzz: FuzzRequest): Promise<Answer | undefined> {
    return fuzz.wire ? this.#sendBytes(fuzz.wire) : this.#sendRequest(fuzz);
  }

  close(): void {
    this.#agent.destroy();
  }

  #sendRequest(fuzz: FuzzRequest): Promise<Answer | undefined> {
    const { method, path, headers = {}, body, ownConnection } = fuzz;
    const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>();
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const { hostname, port } = this.#url;
    const agent = ownConnection ? false : this.#agent;
    const call = request({ hostname, port, method, path, agent, headers: { ...headers, ...length } });
    let answered = false;
    call.setTimeout(patienceMs, () => call.destroy(new Error(`no answer in ${patienceMs / 1_000} s`)));
    call.on('response', (response) => {
      answered = true;
      readAnswer(response).then(resolve, reject);
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      // What comes after the answer to a request that was not read to its end is no news.
      if (answered) return;
      // The server closed a connection that had been idle; nothing of this request was read.
      if (call.reusedSocket && error.code === 'ECONNRESET') this.#sendRequest(fuzz).then(resolve, reject);
      else reject(error);
    });
    call.end(body);
    return promise;
  }

  #sendBytes({ bytes, then }: NonNullable<FuzzRequest['wire']>): Promise<Answer | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>();
    const socket = connect(Number(this.#url.port), this.#url.hostname);
    let received = Buffer.alloc(0);
    const end = () => {
      socket.destroy();
      resolve(parseAnswer(received)?.answer);
    };
    socket.setTimeout(patienceMs, () => {
      socket.destroy();
      reject(new Error(`no answer in ${patienceMs / 1_000} s`));
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (parseAnswer(received)?.whole) end();
    });
    // Whoever refuses a request early resets the connection over what it has not read.
    socket.on('error', end);
    socket.on('close', end);
    if (then === 'wait') socket.write(bytes);
    else if (then === 'end') socket.end(bytes);
    else socket.write(bytes, () => setTimeout(end, 5));
    return promise;
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks));
}

function answerOf(status: number, headers: Answer['headers'], body: Buffer): Answer {
  const text = body.toString('utf8');
  return { status, headers, text, json: /json/.test(String(headers['content-type'])) ? objectIn(text) : undefined };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** The answer at the beginning of what came over a socket, as far as it is there. */
function parseAnswer(received: Buffer): { answer: Answer; whole: boolean } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = Number(headers['content-length'] ?? 0);
  const body = received.subarray(headEnd + 4, headEnd + 4 + length);
  const whole = body.length === length;
  return whole ? { answer: answerOf(Number(statusLine.split(' ')[1]), headers, body), whole } : undefined;
}
