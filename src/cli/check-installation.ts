import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { findBinaries } from '../database/embedded/binaries.ts';
import { findEmbedded } from '../database/embedded.ts';
import { on } from '../database/handle.ts';
import { checkDatabase, type Db, openDatabase } from '../database/postgres.ts';
import { messageOf } from '../errors.ts';
import { lateTimesMax } from '../segments/clock.ts';
import { findClockState } from '../segments/clock-sql.ts';
import { readServerFile } from '../server-file.ts';
import { readSettings, type Settings, unknownSettings } from '../settings.ts';
import { findGateHolders, listDatasetsWithClock, readDatabaseFacts } from './check-sql.ts';
import { count, duration } from './text.ts';

/** One thing that was looked at. A warning does not make the check fail. */
export interface Finding {
  state: 'ok' | 'warning' | 'wrong';
  about: string;
  detail: string;
}

const connectionsMax = 5;
/** A writer holds the gate for about 0.1 s; whoever holds it this long keeps others waiting. */
const gateSecondsMax = 5;

/** Looks at everything that a server here stands on; starts nothing and changes nothing. */
export async function inspectInstallation(env: NodeJS.ProcessEnv = process.env): Promise<Finding[]> {
  const findings = [...versions(), ...unknownVariables(env)];
  let settings: Settings;
  try {
    settings = readSettings(env);
  } catch (error) {
    return [...findings, wrong('Settings', messageOf(error))];
  }
  findings.push(ok('Settings', 'readable; see "lethe settings"'));
  findings.push(dataDirectory(settings), await freeDisk(settings), server(settings));
  return [...findings, ...(await database(settings))];
}

function versions(): Finding[] {
  const pinned = packageJson.dependencies.node;
  const node =
    process.versions.node === pinned
      ? ok('Node', `${pinned}, the pinned one`)
      : wrong('Node', `${process.versions.node}, but ${pinned} is pinned: run it by bin/lethe or npm start.`);
  return [ok('Lethe', packageJson.version), node];
}

function unknownVariables(env: NodeJS.ProcessEnv): Finding[] {
  return unknownSettings(env).map((name) =>
    warning('Settings', `${name} is set, but is no setting: most likely misspelt.`),
  );
}

function dataDirectory({ dataDir }: Settings): Finding {
  const folder = nearest(dataDir);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok('Data directory', folder === dataDir ? dataDir : `${dataDir}, will be made by the first start`);
  } catch (error) {
    return wrong('Data directory', `${folder} cannot be written (${messageOf(error)}): give this user the folder.`);
  }
}

async function freeDisk({ dataDir, diskFreeBytesMin }: Settings): Promise<Finding> {
  const { bavail, bsize } = await statfs(nearest(dataDir));
  const free = bavail * bsize;
  const detail = `${gigabytes(free)} free for ${dataDir}`;
  return free > diskFreeBytesMin
    ? ok('Disk', detail)
    : wrong(
        'Disk',
        `${detail}: bulk deletions wait until ${gigabytes(diskFreeBytesMin)} are (LETHE_DISK_FREE_BYTES_MIN).`,
      );
}

/** The folder, or the nearest one above it that exists. */
function nearest(folder: string): string {
  return existsSync(folder) ? folder : nearest(dirname(folder));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function server({ dataDir }: Settings): Finding {
  const running = readServerFile(dataDir);
  return ok('Server', running ? `running at ${running.url} (process ${running.pid})` : 'not running');
}

async function database({ databaseUrl, dataDir, clockSeconds }: Settings): Promise<Finding[]> {
  const url = databaseUrl ?? findEmbedded(dataDir);
  if (url === undefined) return [embeddedBinaries()];
  const opened = openDatabase(url, connectionsMax);
  try {
    const findings = [await askDatabase(opened.reads), await gateHolders(opened.reads)];
    return [...findings.flat(), ...(await lateClocks(opened.reads, clockSeconds))];
  } catch (error) {
    return [wrong('Database', messageOf(error) || 'cannot be reached')];
  } finally {
    await opened.close();
  }
}

function embeddedBinaries(): Finding {
  try {
    return ok('Database', `the embedded PostgreSQL ${findBinaries().major}; it runs while the server does`);
  } catch (error) {
    return wrong('Database', messageOf(error));
  }
}

async function askDatabase(db: Db): Promise<Finding[]> {
  await checkDatabase(db);
  const facts = await readDatabaseFacts(db);
  if (!facts) return [wrong('Database', 'It did not say what it is.')];
  const findings = [ok('Database', `PostgreSQL ${facts.version}, reachable; this role may create schemas`)];
  if (facts.fsync !== 'on') findings.push(warning('Database', 'fsync is off: a power cut can destroy it.'));
  if (facts.fullPageWrites !== 'on')
    findings.push(warning('Database', 'full_page_writes is off: a power cut can damage it.'));
  if (facts.synchronousCommit === 'off')
    findings.push(
      warning('Database', 'synchronous_commit is off: what was answered as stored can be lost in a crash.'),
    );
  return findings;
}

async function gateHolders(db: Db): Promise<Finding[]> {
  const holders = await findGateHolders(db, gateSecondsMax);
  return holders.map(({ pid, application, state, datasetNo, seconds }) =>
    warning(
      'Gate',
      `of dataset ${datasetNo}: held for ${duration(seconds)} by connection ${pid} (${application || 'unnamed'}, ${state}).`,
    ),
  );
}

/** The clock of a dataset is behind when users are due whom no server looks at, or more of them than servers can look at. */
async function lateClocks(db: Db, clockSeconds: number): Promise<Finding[]> {
  const now = new Date();
  const findings: Finding[] = [];
  for (const dataset of await listDatasetsWithClock(db)) {
    const { due, dueSince } = await findClockState(on(dataset, db), now);
    const seconds = dueSince ? (now.getTime() - dueSince.getTime()) / 1000 : 0;
    if (seconds <= lateTimesMax * clockSeconds) continue;
    const detail = `${count(due)} users wait for time to move them, the longest for ${duration(seconds)}; it should be ${duration(clockSeconds)} (LETHE_CLOCK_SECONDS).`;
    findings.push(warning('Clock', `of dataset ${dataset.id}: ${detail}`));
  }
  return findings;
}

function ok(about: string, detail: string): Finding {
  return { state: 'ok', about, detail };
}

function warning(about: string, detail: string): Finding {
  return { state: 'warning', about, detail };
}

function wrong(about: string, detail: string): Finding {
  return { state: 'wrong', about, detail };
}
