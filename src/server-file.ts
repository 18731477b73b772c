import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileDurably } from './files.ts';
import { processFacts } from './processes.ts';

/** What `server.json` in the data directory tells commands and operators about the server that is ready there. */
const serverFile = z.object({
  pid: z.number().int().positive(),
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  url: z.url(),
  /** Of the embedded PostgreSQL; null with a database of somebody else's. */
  databasePid: z.number().int().positive().nullable(),
  /** When it became ready, ISO 8601. */
  startedAt: z.iso.datetime(),
});
export type ServerFile = z.infer<typeof serverFile>;

const pathIn = (dataDir: string) => join(dataDir, 'server.json');

/** The moments of the clock and of process starts are not exact to the second. In milliseconds. */
const clockToleranceMs = 2_000;

/** Says that this server is ready; again when its database has got another process id. */
export function writeServerFile(dataDir: string, content: ServerFile): void {
  writeFileDurably(pathIn(dataDir), `${JSON.stringify(serverFile.parse(content), null, 2)}\n`);
}

/**
 * The server that is ready in a data directory; undefined when there is none. A file that outlived its server is passed over:
 * its process is gone, or the process with that id was started later than the server was ready.
 */
export function readServerFile(dataDir: string): ServerFile | undefined {
  const content = parse(dataDir);
  const running = content && processFacts(content.pid);
  if (!content || !running) return undefined;
  return running.startedAt <= Date.parse(content.startedAt) + clockToleranceMs ? content : undefined;
}

function parse(dataDir: string): ServerFile | undefined {
  try {
    return serverFile.parse(JSON.parse(readFileSync(pathIn(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

/** On a clean exit. Another server's file stays. */
export function removeServerFile(dataDir: string, pid = process.pid): void {
  if (parse(dataDir)?.pid === pid) rmSync(pathIn(dataDir), { force: true });
}
