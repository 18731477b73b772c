import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readServerFile, removeServerFile, type ServerFile, writeServerFile } from './server-file.ts';

let dataDir: string;
let ready: ServerFile;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lethe-server-file-'));
  const startedAt = new Date().toISOString();
  ready = { pid: process.pid, url: 'http://127.0.0.1:8080', databasePid: 4711, startedAt };
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it('tells others what the server that is ready has written', () => {
  writeServerFile(dataDir, ready);
  expect(readServerFile(dataDir)).toEqual(ready);
  expect(JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8'))).toEqual(ready);
  expect(readdirSync(dataDir)).toEqual(['server.json']);
});

it('can be written again, and without a database of its own', () => {
  writeServerFile(dataDir, ready);
  writeServerFile(dataDir, { ...ready, databasePid: null });
  expect(readServerFile(dataDir)?.databasePid).toBeNull();
});

it('is nothing where no server is ready', () => {
  expect(readServerFile(dataDir)).toBeUndefined();
  writeFileSync(join(dataDir, 'server.json'), '{"pid":');
  expect(readServerFile(dataDir)).toBeUndefined();
});

it('is passed over when its process is gone', () => {
  const { pid } = spawnSync('true');
  writeServerFile(dataDir, { ...ready, pid });
  expect(readServerFile(dataDir)).toBeUndefined();
});

it('is passed over when its process id has been given to a later process', () => {
  writeServerFile(dataDir, { ...ready, startedAt: '2020-01-01T00:00:00.000Z' });
  expect(readServerFile(dataDir)).toBeUndefined();
});

it('goes on a clean exit, but only the own one', () => {
  writeServerFile(dataDir, ready);
  removeServerFile(dataDir, process.pid + 1);
  expect(existsSync(join(dataDir, 'server.json'))).toBe(true);
  removeServerFile(dataDir);
  expect(existsSync(join(dataDir, 'server.json'))).toBe(false);
  removeServerFile(dataDir);
});
