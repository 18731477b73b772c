import { setTimeout as sleep } from 'node:timers/promises';
import { isAway } from '../database/postgres.ts';
import type { Job } from './job.ts';

const lookEveryMs = 200;
const sayEveryMs = 2_000;

/**
 * A job's progress as server-sent events: the whole job at every change and at least every 2 s; once more when it is completed,
 * then the end. While the database is away it says so in a comment, and goes on when it is back.
 */
export async function* progressEvents(read: () => Promise<Job>, signal: AbortSignal): AsyncGenerator<string> {
  let said = '';
  let saidAt = 0;
  while (!signal.aborted) {
    const job = await read().catch((error: unknown) => {
      if (isAway(error)) return undefined;
      throw error;
    });
    const text = job ? JSON.stringify(job) : '';
    if (!job) {
      if (Date.now() - saidAt >= sayEveryMs) yield ': the database is not reachable\n\n';
    } else if (text !== said || Date.now() - saidAt >= sayEveryMs) {
      yield progressEvent(text);
      said = text;
      saidAt = Date.now();
    }
    if (job?.state === 'completed') {
      yield progressEvent(text);
      return;
    }
    await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
  }
}

/** The id is the moment: the stream always tells the whole state, so a client that comes back needs nothing repeated. */
function progressEvent(job: string): string {
  return `event: progress\nid: ${Date.now()}\ndata: ${job}\n\n`;
}
