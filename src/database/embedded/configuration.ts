import { chownSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { writeFileDurably } from '../../files.ts';

/** What the settings depend on; all sizes in bytes. */
export interface Machine {
  memoryBytes: number;
  diskBytes: number;
  /** Size of `/dev/shm`; undefined where there is none. */
  sharedMemoryBytes: number | undefined;
}

export function thisMachine(folder: string): Machine {
  // A container's limit, where there is one; 0 or astronomically large where there is none.
  const limit = process.constrainedMemory();
  return {
    memoryBytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    diskBytes: fileSystemBytes(folder) ?? Number.MAX_SAFE_INTEGER,
    sharedMemoryBytes: fileSystemBytes('/dev/shm'),
  };
}

const mb = 1024 * 1024;

/** The settings of the embedded server. Lethe and other programs live on the same machine: it takes a modest share of it. */
export function serverSettings(machine: Machine): Record<string, string> {
  const memory = (share: number, minMb: number, maxMb: number) =>
    `${between(Math.round((machine.memoryBytes * share) / mb), minMb, maxMb)}MB`;
  const logSize = `${between(Math.round(machine.diskBytes / 20 / mb), 256, 3072)}MB`;
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    // Creating or dropping a dataset of 16 partitions takes about 1,200 locks.
    max_locks_per_transaction: '256',

    // Where a dataset fits, nothing it needs has to be put out for something else: 500,000 of 1,000,000 users, 3.3 GB, took 9.8 and
    // 9.9 s with 3 GB, and 10.7 and 12.8 s with 2 GB.
    shared_buffers: memory(1 / 8, 32, 4096),
    effective_cache_size: memory(1 / 2, 128, 65_536),
    work_mem: memory(1 / 400, 4, 64),
    maintenance_work_mem: memory(1 / 40, 16, 512),
    dynamic_shared_memory_type: sharedMemoryType(machine),

    wal_level: 'replica',
    // Nobody subscribes here: one process fewer.
    max_logical_replication_workers: '0',
    // The pinned binaries are built without lz4 and zstd, and pglz costs more than it spares: a bulk deletion, which touches most
    // pages for the first time since a checkpoint, took 3.3 times as long with it, events with 200 segments 1.3 times.
    wal_compression: 'off',
    // Two steps write more than 100 MB/s, and at its default of 16 MB wait for each other to write it out: deleting 500,000 of
    // 1,000,000 users took 1.2 times as long.
    wal_buffers: memory(1 / 200, 4, 128),
    // Of that, a commit has to write out what is not written yet: with the default of 200 ms between two rounds of the writer of the log
    // both steps, which keep in time with each other, waited 30 to 60 ms for it, and half of 200,000 users took a tenth longer.
    // Nobody who is served notices; an idle server wakes up four times a second for it.
    wal_writer_delay: '10ms',
    // A page is written whole when it is touched for the first time after a checkpoint, and the identities of every slice are spread
    // over all pages: with 1.5 GB those 500,000 wrote 5.3 GB, with 6 GB half of it. A crash is recovered by reading about this much
    // again (3.3 GB at most were seen), and the server must be back within 30 seconds: 12 to 15 s with two busy cores.
    max_wal_size: logSize,
    // Files of the log that are used again need not be made anew, for which every commit waits: with all of them there, 7 s in place of
    // 10. A large job writes as much before its first checkpoint gives any back.
    min_wal_size: logSize,
    checkpoint_timeout: '15min',

    jit: 'off',
    random_page_cost: '1.1',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',

    ...logSettings,
  };
}

/**
 * No personal data in the log: an error's message, detail and statement can quote values, so errors are not logged at all (the
 * program that made them has them), and what is logged comes without detail, statement and parameters.
 */
const logSettings: Record<string, string> = {
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] ',
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_statement: 'none',
  log_min_duration_statement: '-1',
};

/** `postgresql.conf`, the whole of it. Overrides come last and win. */
export function configurationText(settings: Record<string, string>, overrides: Record<string, string>): string {
  const lines = Object.entries({ ...settings, ...overrides }).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`,
  );
  return ['# Written by Lethe at every start: changes made here are lost.', ...lines, ''].join('\n');
}

/** `pg_hba.conf`: with the password only, and only from this machine. */
const accessText = '# Written by Lethe at every start.\nhost all all 127.0.0.1/32 scram-sha-256\n';

/** Whether a server that was started before has read other settings than `text`. */
export function configurationDiffers(folder: string, text: string): boolean {
  return readFileSync(join(folder, 'postgresql.conf'), 'utf8') !== text;
}

/** Writes the settings for the next start. No server may be running on the folder. */
export function writeConfiguration(folder: string, text: string): void {
  if (!configurationDiffers(folder, text)) return;
  const { uid, gid } = statSync(folder);
  for (const [name, content] of [
    ['pg_hba.conf', accessText],
    ['postgresql.conf', text],
  ] as const) {
    const path = join(folder, name);
    writeFileDurably(path, content, 0o600);
    if (process.getuid?.() === 0) chownSync(path, uid, gid);
  }
}

/** A container often has 64 MB of `/dev/shm`, on which a parallel hash join fails as if the disk were full. */
function sharedMemoryType({ sharedMemoryBytes }: Machine): string {
  return process.platform === 'linux' && (sharedMemoryBytes ?? 0) < 256 * mb ? 'sysv' : 'posix';
}

function fileSystemBytes(folder: string): number | undefined {
  try {
    const { bsize, blocks } = statfsSync(folder);
    return bsize * blocks;
  } catch {
    return undefined;
  }
}

function between(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
