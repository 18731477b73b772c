import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterFolder } from '../database/embedded/cluster.ts';
import { on } from '../database/handle.ts';
import type { Lethe } from '../lethe.ts';
import type { DeletionOfDataset } from './deletion.ts';
import { logBytesOf } from './extent.ts';
import { type Extent, extentOf, largestTableBytes, logBytesMax } from './extent-sql.ts';

/** With so much room beyond the low-water mark nobody has to ask: the log of an embedded database does not grow to that. */
const plenty = 6 * 2 ** 30;
/** The log grows beyond its bound while a checkpoint is under way: at most by as much again. */
const boundsOfLog = 2;

const mb = (bytes: number) => `${Math.round(bytes / 1_048_576).toLocaleString('en-US')} MB`;

/**
 * Whether a bulk deletion has the room it needs, and in words how much is missing. Known only for the embedded database, whose disk
 * is this machine's. Deleting writes to the log of the database before it frees anything: no step begins below the low-water mark,
 * and no job above which what it writes would not fit.
 */
export class Room {
  readonly #lethe: Lethe;
  /** Jobs that had enough room when they began: for them the low-water mark alone holds. */
  readonly #begun = new Set<string>();

  constructor(lethe: Lethe) {
    this.#lethe = lethe;
  }

  /** What a job waits for; undefined when it may go on. */
  async short(deletion: DeletionOfDataset): Promise<string | undefined> {
    const { settings } = this.#lethe;
    const { databaseUrl, dataDir, diskFreeBytesMin } = settings;
    if (databaseUrl || diskFreeBytesMin === 0) return undefined;
    const { bavail, bsize } = await statfs(dataDir);
    const free = bavail * bsize;
    if (free < diskFreeBytesMin)
      return `less than ${mb(diskFreeBytesMin)} of disk is free; it goes on when there is room`;
    const { id } = deletion.job;
    if (this.#begun.has(id)) return undefined;
    const needed =
      deletion.job.erasure === 'standard' && free > diskFreeBytesMin + plenty ? 0 : await this.#needed(deletion);
    if (free >= diskFreeBytesMin + needed) {
      this.#begun.add(id);
      return undefined;
    }
    const kept = `and ${mb(diskFreeBytesMin)} have to stay free (LETHE_DISK_FREE_BYTES_MIN)`;
    return `it needs about ${mb(needed)} of disk ${kept}, but ${mb(free)} are free; it begins when there is room`;
  }

  over(jobId: string): void {
    this.#begun.delete(jobId);
  }

  async #needed({ dataset, job }: DeletionOfDataset): Promise<number> {
    const ds = on(dataset, this.#lethe.database.heartbeat);
    const extent = await extentOf(ds, job.id);
    // One that has begun has shown that it fits, and frees what it goes on to need.
    if (extent.deleted > 0) return 0;
    const log = { max: await logBytesMax(ds.db), taken: await logBytesTaken(this.#lethe.settings.dataDir) };
    const copied = job.erasure === 'scrub' ? await largestTableBytes(ds) : 0;
    return roomNeeded(extent, { copied, log });
  }
}

/**
 * Bytes of disk that a job needs besides what is taken already: for the log, and for what it writes a second time. A scrub does that
 * to one table after the other, so `copied` is its largest one.
 */
export function roomNeeded(
  extent: Extent,
  { copied, log }: { copied: number; log: { max: number; taken: number } },
): number {
  const forLog = Math.max(0, Math.min(logBytesOf(extent) + copied, boundsOfLog * log.max - log.taken));
  return Math.ceil(forLog + copied);
}

/** Files of the log are used again, so what they take already is room that the job has. */
async function logBytesTaken(dataDir: string): Promise<number> {
  const folder = join(clusterFolder(dataDir), 'pg_wal');
  const sizes = (await readdir(folder)).map(async (name) => {
    // Removed meanwhile by a checkpoint: then it takes nothing.
    const file = await stat(join(folder, name)).catch(() => undefined);
    return file?.isFile() ? file.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
