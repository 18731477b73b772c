import { setTimeout as sleep } from 'node:timers/promises';
import { LetheError } from '../errors.ts';
import type { SegmentAnswer } from './answers.ts';
import type { Client } from './client.ts';
import { wrongUsage } from './exit-status.ts';
import type { Output } from './output.ts';

/**
 * The segment of an id or an exact name, disabled ones included. A name that two segments have, or that is the id of another
 * one, names neither: with what may follow, a guess is not good enough.
 */
export async function findSegment(client: Client, datasetPath: string, wanted: string): Promise<SegmentAnswer> {
  const found: SegmentAnswer[] = [];
  for await (const segment of client.list<SegmentAnswer>(`${datasetPath}/segments?showDisabled=true`))
    if (segment.id === wanted || segment.name === wanted) found.push(segment);
  const [only] = found;
  if (!only) {
    throw new LetheError(
      'notFound',
      'segment.unknown',
      `There is no segment with the id or the exact name "${wanted}": see "lethe segments --show-disabled".`,
    );
  }
  if (found.length > 1) {
    const choice = found.map(({ id, name }) => `${id} ("${name}")`).join(', ');
    throw wrongUsage(
      'segment',
      `"${wanted}" names more than one segment: ${choice}. Say which by an id that is no name.`,
    );
  }
  return only;
}

/** Waits until the users of a segment are known. */
export async function untilComputed(
  client: Client,
  datasetPath: string,
  segment: SegmentAnswer,
  output: Pick<Output, 'remark'>,
): Promise<SegmentAnswer> {
  const begunAt = Date.now();
  let said = false;
  for (let now = segment; ; now = await client.get<SegmentAnswer>(`${datasetPath}/segments/${segment.id}`)) {
    if (now.state !== 'computing') return now;
    if (!said && Date.now() - begunAt > 1_000) {
      output.remark(`Computing who belongs to "${segment.name}" over all history…`);
      said = true;
    }
    await sleep(100);
  }
}
