import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { EmbeddedLog } from './events.ts';
import { isUp, type Postmaster } from './postmaster.ts';

/** Looks after a running server until the signal ends it. */
export interface WatchOptions {
  /** Starts it again, on the same port. */
  restart: () => Promise<Postmaster>;
  /** It is up again: another process, the same address. */
  onRestarted: (server: Postmaster) => void;
  /** Called about once a minute while it is up. */
  housekeeping: () => Promise<void>;
  log: EmbeddedLog;
  signal: AbortSignal;
}

/** Polled, because a server that was taken over is no child of this process. In milliseconds. */
const lookEveryMs = 250;
const housekeepingEveryMs = 60_000;
/** Pause before the next try, in milliseconds: doubled with every failure. A server that dies must be back within 30 seconds. */
const firstPauseMs = 250;
const longestPauseMs = 15_000;
/** A server that lived this long, in milliseconds, was well: the pauses begin anew. */
const wellAfterMs = 60_000;

/** Resolves when the signal is given and nothing is under way any more. */
export async function watch(first: Postmaster, options: WatchOptions): Promise<void> {
  const { signal } = options;
  let server = first;
  let failures = 0;
  while (!signal.aborted) {
    const upSince = Date.now();
    await untilGone(server, options);
    if (signal.aborted) return;
    options.log('database.died', { pid: server.pid });
    if (Date.now() - upSince > wellAfterMs) failures = 0;
    for (let restarted = false; !restarted && !signal.aborted; failures += 1) {
      if (failures > 0) await sleep(Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs), signal);
      if (signal.aborted) return;
      try {
        server = await options.restart();
        restarted = true;
      } catch (error) {
        if (!signal.aborted) options.log('database.start_failed', { reason: messageOf(error) });
      }
    }
    if (signal.aborted) return;
    options.log('database.restarted', { pid: server.pid });
    options.onRestarted(server);
  }
}

async function untilGone(server: Postmaster, { housekeeping, signal }: WatchOptions): Promise<void> {
  let tidiedAt = Date.now();
  while (isUp(server) && !signal.aborted) {
    await sleep(lookEveryMs, signal);
    if (Date.now() - tidiedAt < housekeepingEveryMs) continue;
    tidiedAt = Date.now();
    await housekeeping();
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {});
}
