import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import packageJson from '../package.json' with { type: 'json' };
import { authenticate } from './access/authenticate.ts';
import { meRoutes } from './access/me-routes.ts';
import { memberRoutes } from './access/member-routes.ts';
import { createSignIn } from './access/sign-in.ts';
import { signInRoutes } from './access/sign-in-routes.ts';
import { singleSignOnRoutes } from './access/single-sign-on-routes.ts';
import { tokenRoutes } from './access/token-routes.ts';
import { writeKeyRoutes } from './access/write-key-routes.ts';
import { type Announce, announcements } from './announcements.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { consoleFolder } from './console.ts';
import { takeDataDirectory } from './data-directory.ts';
import { startEmbedded } from './database/embedded.ts';
import { migrate } from './database/migrate.ts';
import { checkDatabase, isReachable, openDatabase } from './database/postgres.ts';
import { installationSecret } from './database/secret-sql.ts';
import { datasetRoutes } from './datasets/dataset-routes.ts';
import { findDataset } from './datasets/dataset-sql.ts';
import { deletionRoutes } from './deletions/deletion-routes.ts';
import { deletionJobs } from './deletions/jobs.ts';
import { ensureSigningKey } from './deletions/receipt.ts';
import { LetheError, messageOf } from './errors.ts';
import { eventApiRoutes } from './events/event-api-routes.ts';
import { openIntake } from './events/intake.ts';
import { eventJobs } from './events/jobs.ts';
import { recentMessageRoutes } from './events/recent-message-routes.ts';
import { RecentMessages } from './events/recent-messages.ts';
import { trackingRoutes } from './events/tracking-routes.ts';
import { createWhatSettingsAskFor, type FirstAdministrator } from './first-start.ts';
import { AnswerTimes } from './http/answer-times.ts';
import type { App } from './http/app.ts';
import { buildServer } from './http/server.ts';
import { importRoutes } from './imports/import-routes.ts';
import { importJobs } from './imports/jobs.ts';
import { type JobKind, type Jobs, startJobs } from './jobs/jobs.ts';
import type { Lethe } from './lethe.ts';
import { openLog } from './log.ts';
import { openMetrics } from './metrics.ts';
import { privacyRoutes } from './privacy/privacy-routes.ts';
import { orphanRoutes } from './profiles/orphans-routes.ts';
import { userRoutes } from './profiles/user-routes.ts';
import { changesRoutes } from './segments/changes-routes.ts';
import { segmentJobs } from './segments/jobs.ts';
import { limitRoutes } from './segments/limit-routes.ts';
import { segmentRoutes } from './segments/segment-routes.ts';
import { removeServerFile, writeServerFile } from './server-file.ts';
import { readSettings, type Settings, unknownSettings } from './settings.ts';
import { vocabularyRoutes } from './vocabulary/vocabulary-routes.ts';

export interface RunningLethe {
  /** Address it listens on, as programs on this machine reach it. */
  url: string;
  /** Set when this start made the first administrator. */
  firstAdministrator: FirstAdministrator | undefined;
  app: App;
  lethe: Lethe;
  /** Stops accepting, finishes what is under way, and ends within 10 seconds. */
  stop(): Promise<void>;
}

/**
 * Starts a server by the settings of an environment: database, migrations, what the settings ask for, jobs, HTTP. This file
 * alone knows everyone. Throws, with everything stopped again, when one of them cannot start.
 */
export async function startLethe({ env = process.env }: { env?: NodeJS.ProcessEnv } = {}): Promise<RunningLethe> {
  const settings = readSettings(env);
  const log = openLog(settings.logLevel);
  const metrics = openMetrics();
  const announce: Announce = (name, fields = {}) => {
    log[announcements[name].level](fields, name);
    metrics.countAnnouncement(name, fields);
  };
  announce('server.starting', { version: packageJson.version, node: process.version });
  for (const name of unknownSettings(env)) announce('server.setting_unknown', { name });

  // Ended in reverse order, at the stop or when something below cannot start.
  const endings: (() => unknown)[] = [];
  const end = async () => {
    for (const ending of endings.splice(0).reverse()) await ending();
  };
  try {
    const server = await startDatabaseServer(settings, announce, endings);
    const database = openDatabase(server.url, settings.connectionsMax, { embedded: server.pid() !== null });
    endings.push(() => within(closeDatabaseMs, database.close()));
    await checkDatabase(database.starts).catch(unusable(server.url));
    await migrate(database.starts);

    let jobs: Jobs | undefined;
    const answerTimes = new AnswerTimes();
    const lethe: Lethe = {
      settings,
      database,
      announce,
      answerTimes,
      now: () => new Date(),
      wakeJobs: () => jobs?.wake(),
    };
    if (server.renewLog) lethe.renewLog = server.renewLog;
    await ensureSigningKey(database.starts, lethe.now());
    const firstAdministrator = await createWhatSettingsAskFor(lethe);

    const recentMessages = new RecentMessages();
    const intake = await openIntake(lethe, {
      onTaken: (dataset, received) => {
        metrics.countMessages(dataset.id, received);
        recentMessages.add(dataset, received);
      },
      onWritten: (written) => {
        metrics.observeWritten(written);
        answerTimes.add('messages written', written.seconds * 1_000);
      },
    });
    metrics.watchWaiting(() => intake.waiting().messages);
    jobs = startJobs(jobKinds(lethe), (kind, job, { error, attempt, nextTryAt }) =>
      announce('job.step_failed', { kind, job, attempt, nextTryAt, error: messageOf(error) }),
    );
    endings.push(() => within(finishWorkMs, Promise.all([jobs?.stop(), intake.stop()])));

    const { publicUrl } = settings;
    const secret = await installationSecret(database.starts, 'sessions');
    const signInWiring = { db: database.writes, secret, publicUrl, now: lethe.now };
    const signIn = createSignIn(signInWiring);
    const app = await buildServer({
      lethe,
      log,
      version: packageJson.version,
      authenticate: (request) => authenticate(request, { db: database.reads, signIn, publicUrl }),
      findDataset: (id) => findDataset(database.reads, id),
      consoleFolder: consoleFolder(),
      isReady: () => isReachable(database.reads),
      metrics: () => metrics.text(),
      onAnswer: (answer) => {
        metrics.countRequest(answer);
        answerTimes.addAnswer(answer);
      },
      routes: [
        signInRoutes(signIn),
        singleSignOnRoutes(signInWiring),
        meRoutes,
        memberRoutes,
        tokenRoutes,
        writeKeyRoutes,
        auditRoutes,
        datasetRoutes,
        userRoutes,
        segmentRoutes,
        changesRoutes,
        vocabularyRoutes,
        limitRoutes,
        deletionRoutes,
        importRoutes,
        privacyRoutes,
        orphanRoutes,
        trackingRoutes(intake),
        eventApiRoutes(intake),
        recentMessageRoutes(recentMessages),
      ],
    });
    await app.listen({ host: settings.host, port: settings.port }).catch(cannotListen(settings));
    endings.push(() => closeServer(app));

    const url = addressOf(app);
    const sayReady = () =>
      writeServerFile(settings.dataDir, {
        pid: process.pid,
        url,
        databasePid: server.pid(),
        startedAt: new Date().toISOString(),
      });
    sayReady();
    endings.push(() => removeServerFile(settings.dataDir));
    server.onRestart(sayReady);
    announce('server.ready', { url });

    const stop = async () => {
      announce('server.stopping');
      await end();
    };
    return { url, firstAdministrator, app, lethe, stop };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Everything that goes on by itself. */
function jobKinds(lethe: Lethe): JobKind<never>[] {
  const ofDatasets = [...segmentJobs(lethe), ...eventJobs(lethe)] as JobKind<never>[];
  return [...ofDatasets, ...deletionJobs(lethe), ...importJobs(lethe)];
}

const closeServerMs = 4_000;
const finishWorkMs = 3_000;
const closeDatabaseMs = 1_000;

interface DatabaseServer {
  url: string;
  /** Null for a server of somebody else's. */
  pid(): number | null;
  renewLog?: () => Promise<void>;
  onRestart(callback: () => void): void;
}

async function startDatabaseServer(
  settings: Settings,
  announce: Announce,
  endings: (() => unknown)[],
): Promise<DatabaseServer> {
  const { dataDir, databaseUrl } = settings;
  if (databaseUrl === undefined) {
    const embedded = await startEmbedded({ dataDir, log: announce });
    endings.push(() => embedded.stop());
    return {
      url: embedded.url,
      pid: () => embedded.pid,
      renewLog: () => embedded.renewLog(),
      onRestart: (callback) => embedded.onRestart(callback),
    };
  }
  const directory = takeDataDirectory(dataDir);
  endings.push(() => directory.release());
  return { url: databaseUrl, pid: () => null, onRestart: () => {} };
}

/** What is wrong with a database at a start is mostly in the setting, so the answer names it. */
function unusable(url: string) {
  return (error: unknown): never => {
    if (error instanceof LetheError) throw error;
    const { host, pathname } = new URL(url);
    const detail = `The database ${pathname.slice(1)} at ${host} cannot be used (${messageOf(error)}); see LETHE_DATABASE_URL.`;
    throw new LetheError('away', 'database.away', detail, { cause: error });
  };
}

function cannotListen({ host, port }: Settings) {
  return (error: unknown): never => {
    const detail = `Cannot listen on ${host}:${port} (${messageOf(error)}); set LETHE_HOST and LETHE_PORT to an address that is free.`;
    throw new LetheError('conflict', 'server.cannot_listen', detail, { cause: error });
  };
}

/** Ends connections that are idle at once, and those that are still at work after a while by force. */
async function closeServer(app: App): Promise<void> {
  await within(closeServerMs, app.close());
  app.server.closeAllConnections();
}

/** Waits for the end of something, but not longer than this. */
async function within(ms: number, ending: Promise<unknown> | undefined): Promise<void> {
  await Promise.race([ending, sleep(ms, undefined, { ref: false })]);
}

function addressOf(app: App): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `http://${family === 'IPv6' && host.includes(':') ? `[${host}]` : host}:${port}`;
}
