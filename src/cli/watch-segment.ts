import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { LetheError } from '../errors.ts';
import type { Client } from './client.ts';
import { does, wholeNumber, withDataset, withExamples } from './command.ts';
import type { ServerEvent } from './event-stream.ts';
import { wrongUsage } from './exit-status.ts';
import { findSegment } from './find-segment.ts';
import { counted, moment } from './text.ts';

interface WatchOptions {
  after?: string;
  changes?: number;
}

/** One change as the server tells it. */
interface Change {
  event: string;
  id: string;
  user?: string;
  mergedInto?: string;
  users?: number;
  at?: string;
}

export function addWatch(segments: Command): void {
  const watch = withDataset(segments.command('watch'))
    .description('Show who joins a segment and who leaves it, as it happens, until Ctrl-C.')
    .argument('<segment>', 'id or exact name of the segment')
    .option('--after <id>', 'go on behind the change with this id')
    .option('--changes <number>', 'end after so many changes', wholeNumber);
  withExamples(
    watch,
    ['lethe segments watch Gone --dataset shop', 'a line for each change'],
    ['lethe segments watch Gone --changes 10 --json --dataset shop', 'ten changes as one JSON document'],
  );
  does<WatchOptions>(watch, async ({ args: [wanted = ''], options, client, dataset, output }) => {
    const { after, changes = Number.POSITIVE_INFINITY } = options;
    if (output.json && options.changes === undefined)
      throw wrongUsage('changes', 'With --json say after how many changes it ends: --changes N.');
    const { path } = await dataset();
    const { id, name } = await findSegment(client(), path, wanted);
    const told: Change[] = [];
    for await (const change of changesOf(client(), `${path}/segments/${id}/changes`, after)) {
      told.push(change);
      output.say(changeText(change));
      if (told.length >= changes) break;
    }
    if (output.json) output.result({ segment: id, changes: told }, '');
    else output.remark(`"${name}": ${counted(told.length, 'change')} shown.`);
  });
}

/** The changes of a segment, over ends of the stream and restarts of the server; without end unless the segment is gone. */
async function* changesOf(client: Client, path: string, after: string | undefined): AsyncGenerator<Change> {
  let last = after;
  for (let isFirst = true; ; isFirst = false) {
    const stop = new AbortController();
    try {
      const from = last === undefined ? '' : `?after=${encodeURIComponent(last)}`;
      for await (const event of client.events(`${path}${from}`, stop.signal)) {
        last = event.id;
        yield changeOf(event);
      }
    } catch (error) {
      // What was refused stays refused; where nobody answers, somebody will.
      const isRefused = error instanceof LetheError && error.kind !== 'away' && error.kind !== 'busy';
      if (isFirst || isRefused) throw error;
    } finally {
      stop.abort();
    }
    await sleep(1_000);
  }
}

function changeOf({ event, id, data }: ServerEvent): Change {
  return { event, id, ...JSON.parse(data) };
}

function changeText({ event, user, mergedInto, users, at }: Change): string {
  if (event === 'reset') return 'reset: what happened before is not known any more; read the list of users anew';
  const what = event === 'recomputed' ? counted(users ?? 0, 'user') : `${user}${mergedInto ? ` → ${mergedInto}` : ''}`;
  return `${at ? moment(at) : ''}  ${event.padEnd(10)}  ${what}`;
}
