import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { lowerPriority } from './priority.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill();
});

/** A process in a session of its own, as those of PostgreSQL are. */
async function startProcess(): Promise<number> {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  started.push(child);
  await once(child, 'spawn');
  return child.pid as number;
}

test('several processes are lowered at once, their sessions too, where the system shares the processor out among those', async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, startProcess));
  await Promise.all(ids.map(lowerPriority));
  const lower = Math.max(10, getPriority());
  expect(ids.map((id) => getPriority(id))).toEqual(ids.map(() => lower));
  const sessions = ids.map((id) => `/proc/${id}/autogroup`).filter((path) => existsSync(path));
  for (const session of sessions) expect(readFileSync(session, 'utf8')).toMatch(/^(.* nice 10\n)?$/);
});

test('one that has less already keeps it', async () => {
  const id = await startProcess();
  setPriority(id, 15);
  await lowerPriority(id);
  expect(getPriority(id)).toBe(15);
});

test('one that is gone is no failure', async () => {
  const id = await startProcess();
  const [child] = started as [ChildProcess];
  child.kill();
  await once(child, 'exit');
  await expect(lowerPriority(id)).resolves.toBeUndefined();
});
