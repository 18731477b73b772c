import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { LetheError, messageOf } from '../errors.ts';
import { writeFileDurably } from '../files.ts';
import { readServerFile } from '../server-file.ts';
import { wrongUsage } from './exit-status.ts';

/** What `lethe login` keeps: the server signed in to last, and a token for each server. */
const storedSchema = z.object({ url: z.url(), tokens: z.record(z.string(), z.string()) });
type Stored = z.infer<typeof storedSchema>;

/** Which server a command talks to, and as whom. */
export interface SignIn {
  url: string;
  token: string;
}

const defaultUrl = 'http://127.0.0.1:8080';

/** `$XDG_CONFIG_HOME/lethe/login.json`, by default below `~/.config`; readable by its owner alone. */
export function loginFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'lethe', 'login.json');
}

/**
 * The server: `LETHE_URL`, else the one signed in to last, else the one of the data directory, else the default. The token:
 * `LETHE_TOKEN`, else the one stored for that server; a stored token is never sent to another one.
 *
 * Throws `login.needed` when there is no token.
 */
export function readSignIn(env: NodeJS.ProcessEnv = process.env): SignIn {
  const stored = readStored(env);
  const url = serverUrl(env, stored);
  const token = env.LETHE_TOKEN || stored?.tokens[url];
  if (!token) {
    throw new LetheError(
      'unauthenticated',
      'login.needed',
      `Not signed in to ${url}: run "lethe login", or set LETHE_TOKEN=keyId:secret.`,
    );
  }
  requireToken(token);
  return { url, token };
}

/** The address that commands talk to, without any token. */
export function serverUrl(env: NodeJS.ProcessEnv = process.env, stored = readStored(env)): string {
  return tidyUrl(
    env.LETHE_URL || stored?.url || readServerFile(resolve(env.LETHE_DATA_DIR || './data'))?.url || defaultUrl,
  );
}

export function storeSignIn({ url, token }: SignIn, env: NodeJS.ProcessEnv = process.env): string {
  const file = loginFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const tokens = { ...readStored(env)?.tokens, [url]: token };
  writeFileDurably(file, `${JSON.stringify({ url, tokens } satisfies Stored, null, 2)}\n`, 0o600);
  return file;
}

/** An address without the slash at its end. Throws when it is none. */
export function tidyUrl(url: string): string {
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw wrongUsage('url', `"${url}" is no address of a server; it looks like http://127.0.0.1:8080.`);
  return url.replace(/\/+$/, '');
}

export function requireToken(token: string): void {
  if (!/^[^:\s]+:\S+$/.test(token)) throw wrongUsage('token', 'A token looks like keyId:secret.');
}

function readStored(env: NodeJS.ProcessEnv): Stored | undefined {
  const file = loginFile(env);
  try {
    return storedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw new LetheError(
      'unacceptable',
      'login.unreadable',
      `${file} cannot be read (${messageOf(error)}): remove it and run "lethe login" again.`,
    );
  }
}
