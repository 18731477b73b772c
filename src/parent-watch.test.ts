import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isRunning } from './processes.ts';

let folder: string;
let started: ChildProcess | undefined;

/** A package whose scripts start a program as Lethe's do, one with the shell in between, and one by way of another npm. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-parent-'));
  const program = `"${process.execPath}" program.mjs`;
  const scripts = { start: `true && exec sh launch`, between: `${program}; true`, chain: 'npm run start; true' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'fake', version: '1.0.0', scripts }));
  writeFileSync(join(folder, 'launch'), `exec ${program}\n`);
  writeFileSync(
    join(folder, 'program.mjs'),
    `import { writeFileSync } from 'node:fs';
     import { watchParent } from ${JSON.stringify(new URL('./parent-watch.ts', import.meta.url).href)};
     watchParent(() => { writeFileSync('gone', ''); process.exit(); });
     writeFileSync('pid', String(process.pid));
     setInterval(() => {}, 60_000);`,
  );
});

afterEach(async () => {
  if (started?.exitCode === null && started.signalCode === null) started.kill('SIGKILL');
  const pid = programPid();
  if (pid && isRunning(pid)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function programPid(): number | undefined {
  const path = join(folder, 'pid');
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
}

async function run(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<ChildProcess> {
  started = spawn(command, args, { cwd: folder, env, stdio: 'ignore' });
  await vi.waitFor(() => expect(programPid()).toBeGreaterThan(0), { timeout: 30_000 });
  return started;
}

async function killAndCollect(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

it.each(['start', 'between', 'chain'])(
  'notices that npm was killed, by whatever way it started: %s',
  async (script) => {
    const npm = await run('npm', ['run', script]);
    await killAndCollect(npm, 'SIGKILL');
    await vi.waitFor(() => expect(existsSync(join(folder, 'gone'))).toBe(true), { timeout: 30_000 });
  },
);

it('notices that npm was told to end while a shell stood in between', async () => {
  const npm = await run('npm', ['run', 'between']);
  await killAndCollect(npm, 'SIGTERM');
  await vi.waitFor(() => expect(existsSync(join(folder, 'gone'))).toBe(true), { timeout: 30_000 });
});

it('does not mind whose parent is gone when npm did not start it', async () => {
  const { npm_lifecycle_event: _, ...env } = process.env;
  const shell = await run('sh', ['-c', `"${process.execPath}" program.mjs; true`], env);
  await killAndCollect(shell, 'SIGKILL');
  // Longer than two looks: what does not happen cannot be waited for.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(isRunning(programPid() ?? 0)).toBe(true);
});
