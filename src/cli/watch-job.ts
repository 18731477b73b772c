import { setTimeout as sleep } from 'node:timers/promises';
import { LetheError } from '../errors.ts';
import type { JobAnswer } from './answers.ts';
import type { Client } from './client.ts';
import { jobNote } from './deletion-text.ts';
import { startProgress } from './progress.ts';

/**
 * Shows how a bulk deletion goes until it is completed, also over restarts of the server. Returns the completed job. Ctrl-C
 * ends the watching with exit status 1 and says that the deletion goes on, unless `ownInterrupt`: the caller sees to it.
 */
export async function watchJob(
  client: Client,
  jobPath: string,
  { json, ownInterrupt = false }: { json: boolean; ownInterrupt?: boolean },
): Promise<JobAnswer> {
  const first = await client.get<JobAnswer>(jobPath);
  const progress = startProgress('Deleting', first.users, { json });
  const onInterrupt = () => {
    progress.end();
    process.stderr.write(`\nThe deletion goes on by itself. To see it again: lethe deletions watch ${first.id}\n`);
    process.exit(1);
  };
  if (!ownInterrupt) process.once('SIGINT', onInterrupt);
  try {
    for await (const job of states(client, jobPath, first)) {
      progress.at(job.deleted, jobNote(job), job.users);
      if (job.state === 'completed') return job;
    }
  } finally {
    progress.end();
    process.off('SIGINT', onInterrupt);
  }
  throw new LetheError('away', 'deletion.unwatched', 'The server told nothing more about the deletion.');
}

/** The job at every change: from the event stream, and by asking where that breaks off. Ends with the completed job. */
async function* states(client: Client, jobPath: string, first: JobAnswer): AsyncGenerator<JobAnswer> {
  for (let job: JobAnswer | undefined = first; ; job = await ask(client, jobPath)) {
    if (job) yield job;
    if (job?.state === 'completed') return;
    const stop = new AbortController();
    try {
      for await (const { event, data } of client.events(`${jobPath}/progress`, stop.signal))
        if (event === 'progress') yield JSON.parse(data) as JobAnswer;
    } catch {
      // Broken off, or not to be had: the next answer to a plain question says how things stand.
      await sleep(1_000);
    } finally {
      stop.abort();
    }
  }
}

/** The job now; undefined while the server cannot say. */
async function ask(client: Client, jobPath: string): Promise<JobAnswer | undefined> {
  try {
    return await client.get<JobAnswer>(jobPath);
  } catch (error) {
    if (error instanceof LetheError && (error.kind === 'away' || error.kind === 'busy')) return undefined;
    throw error;
  }
}
