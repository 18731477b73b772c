import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningLethe, startLethe } from '../src/main.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const token = 'testkey:testsecret-0123456789abcdef';
export const adminEmail = 'ada@example.com';
export const adminPassword = 'correct horse battery 7!';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body, where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer by comparing it.
  json: any;
}

export interface TestServer {
  url: string;
  /** Asks as an administrator; `headers` may say otherwise. A body that is no text, no bytes and no form is sent as JSON. */
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Makes an API token and answers the headers to ask with it. */
  tokenHeaders(token: {
    administrator?: boolean;
    roles?: Record<string, string>;
    datasets?: string[];
  }): Promise<Record<string, string>>;
  adminHeaders: Record<string, string>;
  app: RunningLethe['app'];
  lethe: RunningLethe['lethe'];
  dataDir: string;
  database: TestDatabase;
  close(): Promise<void>;
}

/**
 * The real server, in this process, on a fresh database with the dataset `shop` of 4 partitions, a free port and a data
 * directory of its own; `env` adds settings.
 */
export async function startTestServer(env: Record<string, string> = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-server-'));
  const running = await startLethe({
    env: {
      LETHE_DATABASE_URL: database.url,
      LETHE_DATA_DIR: dataDir,
      LETHE_PORT: '0',
      LETHE_PARTITIONS: '4',
      LETHE_LOG_LEVEL: 'silent',
      LETHE_ADMIN_EMAIL: adminEmail,
      LETHE_ADMIN_PASSWORD: adminPassword,
      LETHE_BOOTSTRAP_TOKEN: token,
      ...env,
    },
  });
  const { url } = running;
  const adminHeaders = headersOf(token);
  const api: TestServer['api'] = (method, path, body, headers = {}) =>
    ask(`${url}${path}`, method, body, { ...adminHeaders, ...headers });
  return {
    url,
    api,
    adminHeaders,
    tokenHeaders: async (wanted) => {
      const { json } = await api('POST', '/api/tokens', { name: 'test', ...wanted });
      return headersOf(`${json.keyId}:${json.secret}`);
    },
    app: running.app,
    lethe: running.lethe,
    dataDir,
    database,
    close: async () => {
      await running.stop();
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function headersOf(keyIdAndSecret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(keyIdAndSecret).toString('base64')}` };
}

/** One request over real HTTP. */
export async function ask(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isJson =
    body !== undefined && typeof body !== 'string' && !(body instanceof FormData || body instanceof Uint8Array);
  const response = await fetch(url, {
    method,
    headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body === undefined
      ? {}
      : { body: isJson ? JSON.stringify(body) : (body as string | FormData | Uint8Array<ArrayBuffer>) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
