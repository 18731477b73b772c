import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeDataDirectory } from './data-directory.ts';

let parent: string;
let dataDir: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'lethe-data-'));
  dataDir = join(parent, 'new/data');
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

async function takeElsewhere() {
  const program = `
    import { takeDataDirectory } from ${JSON.stringify(new URL('./data-directory.ts', import.meta.url).href)};
    takeDataDirectory(${JSON.stringify(dataDir)});
    globalThis.gc(); // would drop a lock that nobody refers to
    console.log('taken');
    setInterval(() => {}, 60_000);`;
  const holder = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return holder;
}

it('creates the folder, closed to others, and what is above it as usual', () => {
  takeDataDirectory(dataDir).release();
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(statSync(join(parent, 'new')).mode & 0o777).toBe(0o777 & ~process.umask());
});

it('is taken once at a time in one process', () => {
  const first = takeDataDirectory(dataDir);
  expect(() => takeDataDirectory(dataDir)).toThrow(`process ${process.pid}`);
  first.release();
  first.release();
  takeDataDirectory(dataDir).release();
  expect(existsSync(join(dataDir, 'lock.pid'))).toBe(false);
});

it('is the same folder by another name', () => {
  const first = takeDataDirectory(dataDir);
  symlinkSync(dataDir, join(parent, 'alias'));
  expect(() => takeDataDirectory(join(parent, 'alias'))).toThrow('in use');
  first.release();
});

it('is free again as soon as its holder is killed, whatever its files still say', async () => {
  const holder = await takeElsewhere();
  expect(() => takeDataDirectory(dataDir)).toThrow(`process ${holder.pid}`);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(existsSync(join(dataDir, 'lock.pid'))).toBe(true);
  takeDataDirectory(dataDir).release();
});

it('refuses a folder that cannot be made, by name', () => {
  writeFileSync(join(parent, 'new'), 'a file');
  expect(() => takeDataDirectory(dataDir)).toThrow(dataDir);
  expect(() => takeDataDirectory(dataDir)).toThrow(expect.objectContaining({ code: 'data_dir.unwritable' }));
});
