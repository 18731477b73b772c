import { spawnSync } from 'node:child_process';
import { chmodSync, lchownSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LetheError } from '../../errors.ts';

/** A way to run a program of PostgreSQL, which refuses to be run by root. */
export interface Launcher {
  name: 'direct' | 'user namespace' | 'capability' | 'other user';
  /** What comes before the program's path on the command line. Each replaces itself by the program: the process id stays. */
  prefix: readonly string[];
  /** Who must own the cluster's files, as the kernel sees it; undefined: whoever made them. */
  owner?: { uid: number; gid: number };
}

/** `nobody` on Linux: exists everywhere and owns nothing. */
const unprivileged = 65_534;

const direct: Launcher = { name: 'direct', prefix: [] };

/**
 * The ways for root, best first.
 * - In a user namespace root is somebody else to the program, but still root's id to the file system: folders that are closed to
 *   everybody but root stay open to it, and files stay root's.
 * - As another user that may read and search everything; the cluster's files are handed to it.
 * - As another user, which does when all parents of the folders are open (a container without either privilege).
 */
export const launchersForRoot: readonly Launcher[] = [
  {
    name: 'user namespace',
    prefix: ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'],
    owner: { uid: 0, gid: 0 },
  },
  {
    name: 'capability',
    prefix: [
      'setpriv',
      `--reuid=${unprivileged}`,
      `--regid=${unprivileged}`,
      '--clear-groups',
      '--inh-caps=+dac_read_search',
      '--ambient-caps=+dac_read_search',
      // Without it, access(2) asks as if there were no capability, and PostgreSQL does not find itself below a closed folder.
      '--securebits=+no_setuid_fixup',
      '--',
    ],
    owner: { uid: unprivileged, gid: unprivileged },
  },
  {
    name: 'other user',
    prefix: ['setpriv', `--reuid=${unprivileged}`, `--regid=${unprivileged}`, '--clear-groups', '--'],
    owner: { uid: unprivileged, gid: unprivileged },
  },
];

/** The ways to try for this process's user. */
export function launchersForThisUser(): readonly Launcher[] {
  return process.getuid?.() === 0 ? launchersForRoot : [direct];
}

/**
 * Finds the first way that can run `program` and write in `folder`, and hands the folder's files to the user it needs.
 * No server may be running on the folder. Throws `database.root` when there is none.
 */
export function chooseLauncher(program: string, folder: string, candidates: readonly Launcher[]): Launcher {
  if (candidates[0] === direct) return direct;
  const failures: string[] = [];
  for (const launcher of candidates) {
    openFolder(folder, launcher);
    const failure = tryOut(launcher, program, folder);
    if (failure === undefined) {
      if (launcher.owner) handOver(folder, launcher.owner);
      return launcher;
    }
    failures.push(`${launcher.name}: ${failure}`);
  }
  throw new LetheError(
    'away',
    'database.root',
    `PostgreSQL refuses to run as root, and it could not be run as another user with ${dirname(folder)} and ${program}. ` +
      'Start Lethe as an ordinary user that owns the data directory, or let every user pass the folders above both ' +
      `(chmod a+x), or set LETHE_DATABASE_URL. Tried: ${failures.join('; ')}`,
  );
}

/** Why this way does not work here; undefined when it does. */
function tryOut(launcher: Launcher, program: string, folder: string): string | undefined {
  const script = 'cd "$2" && test -w . && test "$(id -u)" != 0 && exec "$1" --version';
  const [command = 'sh', ...rest] = [...launcher.prefix, 'sh', '-c', script, 'sh', program, folder];
  const { status, error, stderr } = spawnSync(command, rest, { encoding: 'utf8', cwd: '/', timeout: 10_000 });
  if (status === 0) return undefined;
  return error?.message ?? (stderr.trim().split('\n').at(-1) || `exit status ${status}`);
}

/** Gives the folder itself to the user of this way: as much as a try needs. */
function openFolder(folder: string, { name, owner }: Launcher): void {
  if (owner !== undefined && statSync(folder).uid !== owner.uid) lchownSync(folder, owner.uid, owner.gid);
  if (name !== 'other user') return;
  // Passing through is enough, and less than reading: what is in the folder above stays closed.
  const above = dirname(folder);
  chmodSync(above, statSync(above).mode | 0o111);
}

/** A cluster that another way (or another user) has used before. `PG_VERSION` comes last, so that an interruption is noticed. */
function handOver(folder: string, owner: { uid: number; gid: number }): void {
  const last = join(folder, 'PG_VERSION');
  const known = statSync(last, { throwIfNoEntry: false });
  if (known === undefined || known.uid === owner.uid) return;
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const entry of entries) {
    if (entry !== 'PG_VERSION') lchownSync(join(folder, entry), owner.uid, owner.gid);
  }
  lchownSync(last, owner.uid, owner.gid);
}
