import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LetheError } from './errors.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'console');
/** A folder in it for each build, by the digest of its sources: a server that runs goes on serving the one that it started with. */
const builds = join(sources, 'dist');

/** What the console takes from the server besides types; a change of these means building it anew. */
export const sharedWithConsole = [
  'src/access/permissions.ts',
  'src/events/exact-json.ts',
  'src/events/moment.ts',
  'src/http/console-page.ts',
  'src/imports/cells.ts',
];

const keptBuildMs = 24 * 60 * 60 * 1_000;

/** Folder of the console to serve: that of these sources, or where it is not built the one that was built last. */
export function consoleFolder(): string {
  const current = folderOf(digestOfSources());
  return existsSync(current) ? current : (finishedBuilds().at(-1) ?? current);
}

/**
 * Builds the console of these sources where it is not there yet. It is built aside and put into place as a whole, so that whoever
 * starts a server meanwhile finds all of it or nothing.
 *
 * Throws `console.not_built` with what the build said.
 */
export async function buildConsole(onStart: () => void = () => {}): Promise<void> {
  const folder = folderOf(digestOfSources());
  if (existsSync(folder)) return;
  onStart();
  const aside = join(builds, `unfinished-${process.pid}`);
  try {
    const vite = join(createRequire(import.meta.url).resolve('vite/package.json'), '../bin/vite.js');
    const args = [vite, 'build', '--config', join(sources, 'vite.config.ts'), '--outDir', aside, '--logLevel', 'warn'];
    // Whatever the build would leave in the machine's temporary folder, it does not.
    const env = { ...process.env, NODE_ENV: 'production', NO_COLOR: '1', NODE_DISABLE_COMPILE_CACHE: '1' };
    await promisify(execFile)(process.execPath, args, { cwd: root, env });
    if (!existsSync(folder)) renameSync(aside, folder);
    for (const old of finishedBuilds().slice(0, -1)) {
      if (Date.now() - statSync(old).mtimeMs > keptBuildMs) rmSync(old, { recursive: true, force: true });
    }
  } catch (error) {
    // Without the stack of the build, which is nobody's business here.
    const [said = ''] = ((error as { stderr?: string }).stderr || String(error)).split('\n    at ');
    const detail = `The console could not be built: ${said.trim()}`;
    throw new LetheError('conflict', 'console.not_built', detail, { cause: error });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function folderOf(digest: string): string {
  return join(builds, digest.slice(0, 16));
}

/** The builds that are there, the newest last. */
function finishedBuilds(): string[] {
  if (!existsSync(builds)) return [];
  return readdirSync(builds)
    .filter((name) => !name.startsWith('unfinished-'))
    .map((name) => join(builds, name))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  const own = [sources, join(root, 'docs')]
    .flatMap(filesBelow)
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .sort();
  for (const path of [...own, ...[...sharedWithConsole, 'package-lock.json'].map((name) => join(root, name))]) {
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Does not look into the builds, where somebody else may just be writing. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (path === builds) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
