import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorKind, type FieldError, LetheError, messageOf } from '../errors.ts';
import { readServerEvents, type ServerEvent } from './event-stream.ts';
import type { SignIn } from './sign-in.ts';

export interface Upload {
  body: ReadableStream<Uint8Array> | FormData;
  headers: Record<string, string>;
}

/** The server, as commands talk to it. Every refusal becomes a LetheError that carries the server's own words. */
export interface Client {
  readonly url: string;
  get<T>(path: string): Promise<T>;
  /** `idempotencyKey`: repeated by itself when the connection breaks; the server gives the first answer again. */
  send<T>(
    method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    options?: { idempotencyKey?: string },
  ): Promise<T>;
  upload<T>(path: string, upload: Upload): Promise<T>;
  text(path: string): Promise<string>;
  /** Every page of a list, one after the other. */
  list<T>(path: string): AsyncGenerator<T>;
  events(path: string, signal: AbortSignal): AsyncGenerator<ServerEvent>;
}

const triesMax = 5;

export function createClient({ url, token }: SignIn): Client {
  const authorization = `Basic ${Buffer.from(token).toString('base64')}`;
  const call = async (path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> => {
    const headers = { authorization, accept: 'application/json', ...(init.headers as Record<string, string>) };
    const response = await request(url, path, { ...init, headers });
    if (!response.ok) throw await refusal(response);
    return response;
  };
  const json = async <T>(response: Response) => (response.status === 204 ? undefined : await response.json()) as T;
  return {
    url,
    get: async (path) => json(await call(path)),
    async send(method, path, body, { idempotencyKey } = {}) {
      const headers = {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      };
      const once = async () => json<never>(await call(path, { method, headers, ...bodyOf(body) }));
      return idempotencyKey ? repeated(once) : once();
    },
    upload: async (path, { body, headers }) =>
      json(await call(path, { method: 'POST', body, headers, duplex: 'half' })),
    text: async (path) => (await call(path, { headers: { accept: '*/*' } })).text(),
    async *list<T>(path: string) {
      const separator = path.includes('?') ? '&' : '?';
      for (let cursor: string | null = ''; cursor !== null; ) {
        const at: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
        const page: { items: T[]; nextCursor?: string | null } = await json(
          await call(`${path}${separator}limit=1000${at}`),
        );
        yield* page.items;
        cursor = page.nextCursor ?? null;
      }
    },
    async *events(path, signal) {
      yield* readServerEvents(await call(path, { signal, headers: { accept: 'text/event-stream' } }));
    },
  };
}

function bodyOf(body: unknown): { body?: string } {
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

async function request(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    const cause = error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error);
    throw new LetheError(
      'away',
      'server.unreachable',
      `No Lethe answers at ${url} (${cause || 'no connection'}): start it with "lethe start", or set LETHE_URL.`,
      { cause: error },
    );
  }
}

async function repeated<T>(once: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once();
    } catch (error) {
      if (attempt === triesMax || !(error instanceof LetheError) || error.kind !== 'away') throw error;
      await sleep(attempt * 500);
    }
  }
}

const kinds: Readonly<Record<number, ErrorKind>> = {
  400: 'unreadable',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'notFound',
  409: 'conflict',
  413: 'tooLarge',
  415: 'unsupported',
  422: 'unacceptable',
  429: 'busy',
  503: 'away',
};

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  errors?: FieldError[];
  [member: string]: unknown;
}

/** The problem document of an answer as the error it describes; any other answer by its status. */
async function refusal(response: Response): Promise<LetheError> {
  const text = await response.text().catch(() => '');
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // Not a Lethe, or a proxy in between: the status has to do.
  }
  const { type: _type, title, detail, code, errors, ...members } = problem;
  const said = detail ?? title ?? `The server answered ${response.status} ${response.statusText}.`;
  const unsaid = (errors ?? []).filter((one) => !said.includes(one.detail));
  const fields = unsaid.map((one) => `\n  ${one.field}: ${one.detail}`).join('');
  const advice = response.status === 401 ? ' Run "lethe login", or set LETHE_TOKEN=keyId:secret.' : '';
  return new LetheError(
    kinds[response.status] ?? 'unreadable',
    code ?? `http.${response.status}`,
    `${said}${fields}${advice}`,
    {
      members,
      ...(errors ? { errors } : {}),
    },
  );
}
