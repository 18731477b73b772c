import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loginFile, readSignIn, serverUrl, storeSignIn } from './sign-in.ts';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-sign-in-'));
  env = { XDG_CONFIG_HOME: join(folder, 'config'), LETHE_DATA_DIR: join(folder, 'data') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('which server a command talks to', () => {
  test('is the default one when nothing says otherwise', () => {
    expect(serverUrl(env)).toBe('http://127.0.0.1:8080');
  });

  test('is LETHE_URL before the last login before the default', () => {
    storeSignIn({ url: 'https://lethe.example.com', token: 'key:secret' }, env);
    expect(serverUrl(env)).toBe('https://lethe.example.com');
    expect(serverUrl({ ...env, LETHE_URL: 'http://10.0.0.1:9000/' })).toBe('http://10.0.0.1:9000');
  });

  test('must be an address', () => {
    expect(() => serverUrl({ ...env, LETHE_URL: 'lethe.example.com' })).toThrow(/no address of a server/);
  });
});

describe('a stored token', () => {
  test('is readable by its owner alone, and another login keeps it', () => {
    const file = storeSignIn({ url: 'https://one.example.com', token: 'one:secret' }, env);
    storeSignIn({ url: 'https://two.example.com', token: 'two:secret' }, env);
    expect(file).toBe(loginFile(env));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(readSignIn(env)).toEqual({ url: 'https://two.example.com', token: 'two:secret' });
    expect(readSignIn({ ...env, LETHE_URL: 'https://one.example.com' }).token).toBe('one:secret');
  });

  test('is never sent to another server', () => {
    storeSignIn({ url: 'https://one.example.com', token: 'one:secret' }, env);
    expect(() => readSignIn({ ...env, LETHE_URL: 'https://two.example.com' })).toThrow(
      expect.objectContaining({ code: 'login.needed' }),
    );
  });

  test('gives way to LETHE_TOKEN', () => {
    storeSignIn({ url: 'https://one.example.com', token: 'one:secret' }, env);
    expect(readSignIn({ ...env, LETHE_TOKEN: 'other:secret' }).token).toBe('other:secret');
    expect(() => readSignIn({ ...env, LETHE_TOKEN: 'without a colon' })).toThrow(/keyId:secret/);
  });

  test('in a damaged file is an error that says what to do', () => {
    mkdirSync(dirname(loginFile(env)), { recursive: true });
    writeFileSync(loginFile(env), '{');
    expect(() => readSignIn(env)).toThrow(/remove it and run "lethe login" again/);
  });
});
