import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findEmbedded } from '../src/database/embedded.ts';
import { environment } from './command-line.ts';

const command = fileURLToPath(new URL('../bin/lethe', import.meta.url));
const token = 'faults:a-secret-of-the-tests-0123456789';

export interface Answer {
  status: number;
  json: Record<string, unknown>;
  text: string;
  headers: Headers;
}

/**
 * The product as a process of its own on a data directory of its own, started with `bin/lethe start`: for tests that kill it. Its
 * embedded PostgreSQL outlives a kill, as it does in production, and `remove` ends both.
 */
export class LetheProcess {
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  readonly #databaseUrl: string | undefined;
  #child: ChildProcess | undefined;
  #port = 0;
  output = '';

  /** `databaseUrl`: where a test reaches the database, when it is not the embedded one. */
  constructor(
    env: Record<string, string> = {},
    { dataDir, databaseUrl }: { dataDir?: string; databaseUrl?: string } = {},
  ) {
    this.#env = env;
    this.#databaseUrl = databaseUrl;
    this.dataDir = dataDir ?? mkdtempSync(join(tmpdir(), 'lethe-faults-'));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What its first token is called. */
  get keyId(): string {
    return token.split(':')[0] ?? '';
  }

  /** Headers that ask as an administrator. */
  get credentials(): { authorization: string } {
    return { authorization: `Basic ${Buffer.from(token).toString('base64')}` };
  }

  /** Address of its database, for the connections of a test. */
  get databaseUrl(): string {
    const url = this.#databaseUrl ?? findEmbedded(this.dataDir);
    if (!url) throw new Error('the embedded database does not run');
    return url;
  }

  get pid(): number {
    return this.#serverFile().pid;
  }

  get databasePid(): number {
    return this.#serverFile().databasePid;
  }

  #serverFile(): { pid: number; databasePid: number } {
    return JSON.parse(readFileSync(join(this.dataDir, 'server.json'), 'utf8'));
  }

  /** `env` has settings for this start alone. */
  async start(env: Record<string, string> = {}): Promise<void> {
    this.#port ||= await freePort();
    const child = spawn(command, ['start'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environment(),
        LETHE_PORT: String(this.#port),
        LETHE_DATA_DIR: this.dataDir,
        LETHE_PARTITIONS: '4',
        LETHE_BOOTSTRAP_TOKEN: token,
        LETHE_ADMIN_EMAIL: 'ada@example.com',
        LETHE_ADMIN_PASSWORD: 'correct horse battery 7!',
        ...this.#env,
        ...env,
      },
    });
    this.#child = child;
    child.stdout.on('data', (data) => {
      this.output += data;
    });
    child.stderr.on('data', (data) => {
      this.output += data;
    });
    await until(async () => {
      if (child.exitCode !== null)
        throw new Error(`the server ended with ${child.exitCode}: ${this.output.slice(-2_000)}`);
      return (await fetch(`${this.url}/health/ready`).catch(() => undefined))?.ok ?? false;
    }, 'the server is ready');
  }

  /** SIGKILL: nothing of the process can do anything about it. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) throw new Error('there is no server to kill');
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** SIGSTOP: it sleeps, wherever it is, until `wakeUp`. */
  sleep(): void {
    this.#child?.kill('SIGSTOP');
  }

  wakeUp(): void {
    this.#child?.kill('SIGCONT');
  }

  /** SIGTERM; returns the exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    return child.exitCode;
  }

  async remove(): Promise<void> {
    this.wakeUp();
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async api(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...this.credentials,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {};
    return { status: response.status, json, text, headers: response.headers };
  }
}

/** Waits until a condition holds; fails with its name after two minutes, which only something that never happens takes. */
export async function until(condition: () => Promise<boolean> | boolean, name: string): Promise<void> {
  const giveUpAt = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`still waiting until ${name}`);
    await sleep(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
