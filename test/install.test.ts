import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..');
let folder: string;

/** A copy of the scripts in a folder of their own, with an npm that only pretends. */
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lethe-install-')));
  for (const file of ['scripts/install', 'bin/lethe']) cpSync(join(project, file), join(folder, file));
  writeFileSync(join(folder, 'package-lock.json'), '{"lock": 1}');
  program(
    'fake/npm',
    `echo "$*" >>calls
     rm -rf node_modules
     sleep 1
     mkdir -p node_modules/node/bin
     printf '#!/bin/sh\\nfor argument; do echo "[$argument]"; done\\n' >node_modules/node/bin/node
     chmod +x node_modules/node/bin/node`,
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, text: string) {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

const env = () => ({ ...process.env, PATH: `${join(folder, 'fake')}:${process.env.PATH}` });

function install() {
  const { status, stdout, stderr } = spawnSync('sh', ['scripts/install'], {
    cwd: folder,
    env: env(),
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

describe('scripts/install', () => {
  it('installs once, says so in a line, and is silent when there is nothing to do', () => {
    const first = install();
    expect(first.status).toBe(0);
    expect(first.said).toMatch(/^lethe: installing packages/);
    expect(install()).toEqual({ status: 0, said: '' });
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toMatch(/^ci /);
    expect(existsSync(join(folder, '.installing'))).toBe(false);
  });

  it('installs again when other packages are asked for, and when they have been deleted', () => {
    install();
    writeFileSync(join(folder, 'package-lock.json'), '{"lock": 2}');
    install();
    rmSync(join(folder, 'node_modules'), { recursive: true });
    install();
    expect(calls()).toHaveLength(3);
    expect(install().said).toBe('');
  });

  it('installs once when it is run twice at the same time', async () => {
    const runs = [1, 2].map(() => spawn('sh', ['scripts/install'], { cwd: folder, env: env(), stdio: 'ignore' }));
    const ends = await Promise.all(runs.map((run) => once(run, 'exit')));
    expect(ends.map(([status]) => status)).toEqual([0, 0]);
    expect(calls()).toHaveLength(1);
  });

  it('does not wait for an installation that was killed', () => {
    const { pid } = spawnSync('true');
    mkdirSync(join(folder, '.installing'));
    writeFileSync(join(folder, '.installing/pid'), `${pid}\n`);
    expect(install().status).toBe(0);
    expect(existsSync(join(folder, '.installing'))).toBe(false);
  });

  it('shows everything that npm said when it failed, and tries again the next time', () => {
    program('fake/npm', 'echo "first line"; echo "the registry is away" >&2; exit 7');
    const { status, said } = install();
    expect(status).toBe(1);
    expect(said).toContain('first line\nthe registry is away\n');
    expect(install().status).toBe(1);
  });

  it('says how to repair an installation whose install scripts were not run, and then does not install again', () => {
    program('fake/npm', 'echo "$*" >>calls; mkdir -p node_modules/node');
    expect(install().said).toContain('npm rebuild');
    expect(install()).toMatchObject({ status: 1, said: expect.stringContaining('npm rebuild') });
    expect(calls()).toHaveLength(1);
    program('node_modules/node/bin/node', 'true');
    expect(install()).toEqual({ status: 0, said: '' });
  });
});

describe('bin/lethe', () => {
  const lethe = (path: string, args: string[], cwd: string) => spawnSync(path, args, { cwd, encoding: 'utf8' });

  it('says what to do when nothing is installed', () => {
    const { status, stderr, stdout } = lethe(join(folder, 'bin/lethe'), ['start'], '/');
    expect({ status, stderr, stdout }).toEqual({
      status: 1,
      stderr: `lethe: not installed yet: run npm start first (in ${folder})\n`,
      stdout: '',
    });
  });

  it('runs the command with the pinned Node from anywhere, also through symbolic links', () => {
    install();
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync('../bin/lethe', join(folder, 'elsewhere/relative'));
    symlinkSync(join(folder, 'elsewhere/relative'), join(folder, 'elsewhere/lethe'));
    const expected = `[${join(folder, 'src/cli/main.ts')}]\n[users]\n[find me]\n[]\n`;
    for (const [path, cwd] of [
      ['bin/lethe', folder],
      [join(folder, 'bin/lethe'), '/'],
      [join(folder, 'elsewhere/lethe'), '/'],
      ['./lethe', join(folder, 'elsewhere')],
    ] as const) {
      const { stdout } = lethe(path, ['users', 'find me', ''], cwd);
      const optionsOfNode = /^(\[--.*\]\n)*/;
      expect(stdout.replace(optionsOfNode, '')).toBe(expected);
    }
  });
});
