import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const command = fileURLToPath(new URL('../bin/lethe', import.meta.url));

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
  /** The one JSON document on standard output; throws when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a document by comparing it.
  json(): any;
}

/** What every process of the product is given of this environment: where to find programs, and what Node has compiled (global-setup.ts). */
export function environment(): Record<string, string> {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  return { PATH, ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}) };
}

/** Runs `bin/lethe` as a process, without a terminal, with nothing else of this environment. */
export async function runLethe(
  args: readonly string[],
  { env = {}, stdin = '' }: { env?: Record<string, string>; stdin?: string | Buffer } = {},
): Promise<Ran> {
  const child = spawn(command, args, { env: { ...environment(), HOME: '/nonexistent', ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (data) => {
    stdout += data;
  });
  child.stderr.setEncoding('utf8').on('data', (data) => {
    stderr += data;
  });
  // A command that refuses before it reads closes its input.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr, json: () => JSON.parse(stdout) };
}
