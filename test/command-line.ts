import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../bin/lethe', import.meta.url));

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
  /** The one JSON document on standard output; throws when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a document by comparing it.
  json(): any;
}

/** Runs `bin/lethe` as a process, without a terminal, with nothing of this environment but PATH. */
export async function runLethe(
  args: readonly string[],
  { env = {}, stdin = '' }: { env?: Record<string, string>; stdin?: string | Buffer } = {},
): Promise<Ran> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env } });
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
