import { isAway } from '../database/postgres.ts';
import { publicId } from '../profiles/profile.ts';
import { type ChangePosition, isBefore, isKept, writePosition } from './change-position.ts';
import type { Feed } from './changes-feed.ts';
import { type ChangeRow, countChanges, type FollowedState, listChanges } from './changes-sql.ts';

const keepAliveMs = 15_000;
/** Events that are put together at a time: what waits in memory for a reader who is slow. */
const eventsPerPiece = 2_000;
/** Whoever has missed more than that is quicker with the list of users. */
const missedMax = 100_000;
/** When a program that has lost its connection comes back. */
const retryMs = 2_000;

/**
 * The changes of a segment as server-sent events, behind a position or from now on: `joined` and `left` of one user, `recomputed`
 * when its users are others as a whole, `reset` when what follows the position is not known any more. The id of an event is the
 * position behind it; while nothing happens the position is said alone.
 */
export async function* changeEvents(
  feed: Feed,
  from: ChangePosition | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  if (!feed.state) return;
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  let at = from ?? headOf(feed.state);
  // Whoever comes back reads the table: in what others have been told is also who was deleted since.
  let isLive = from === undefined;
  let saidAt = performance.now();
  yield `retry: ${retryMs}\nid: ${writePosition(at)}\n\n`;
  while (!signal.aborted && !feed.hasEnded) {
    const piece = await nextPiece(feed, at, isLive);
    if (piece) at = piece.at;
    isLive ||= piece?.isHead === true;
    if (piece?.text) {
      yield piece.text;
      saidAt = performance.now();
    } else if (performance.now() - saidAt >= keepAliveMs) {
      yield `: ${piece ? 'nothing new' : 'the database is not reachable'}\nid: ${writePosition(at)}\n\n`;
      saidAt = performance.now();
    }
    if (!piece || piece.isHead) await Promise.race([feed.news(), aborted]);
  }
}

interface Piece {
  text: string;
  /** How far it comes, and whether there is nothing behind it. */
  at: ChangePosition;
  isHead: boolean;
}

/** Undefined while the database is away. */
async function nextPiece(feed: Feed, at: ChangePosition, isLive: boolean): Promise<Piece | undefined> {
  const state = feed.state as FollowedState;
  if (!isKnown(at, state)) return reset(state);
  if (!at.within && at.after === state.snapshot) return { text: '', at, isHead: true };
  const chunk = isLive ? feed.chunkAfter(at.after) : undefined;
  const { upto, seq } = at.within ?? { upto: chunk?.upto ?? state.snapshot, seq: 0 };
  if (chunk?.upto === upto) {
    const changes = chunk.changes.filter((change) => change.seq > seq).slice(0, eventsPerPiece);
    return pieceOf(changes, at, upto);
  }
  try {
    if (!at.within && (await countChanges(feed.ds, state.segmentNo, at.after, missedMax + 1)) > missedMax)
      return reset(state);
    const changes = await listChanges(feed.ds, state.segmentNo, { after: at.after, upto, seq }, eventsPerPiece);
    // Some may have been cleared before they were read.
    await feed.read();
    return isKnown(at, feed.state as FollowedState) ? pieceOf(changes, at, upto) : reset(feed.state as FollowedState);
  } catch (error) {
    if (isAway(error)) return undefined;
    throw error;
  }
}

/** Whether everything that comes behind a position is still there to be told. */
function isKnown({ following, after }: ChangePosition, state: FollowedState): boolean {
  return following === state.following && isKept(after, state.clearedUpto) && isBefore(after, state.snapshot);
}

function headOf({ following, snapshot }: FollowedState): ChangePosition {
  return { following, after: snapshot };
}

function reset(state: FollowedState): Piece {
  const at = headOf(state);
  return { text: eventText('reset', at, {}), at, isHead: false };
}

/** The next changes of the window that ends with a snapshot; fewer than a piece may have are the last ones. */
function pieceOf(changes: readonly ChangeRow[], { following, after }: ChangePosition, upto: string): Piece {
  const end: ChangePosition = { following, after: upto };
  const isEnd = changes.length < eventsPerPiece;
  let at = end;
  const texts = changes.map((change, index) => {
    at = isEnd && index === changes.length - 1 ? end : { following, after, within: { upto, seq: change.seq } };
    return changeText(change, at);
  });
  return { text: texts.join(''), at, isHead: false };
}

function changeText({ at, profileId, joined, mergedFrom, users }: ChangeRow, position: ChangePosition): string {
  const moment = at.toISOString();
  if (profileId === null) return eventText('recomputed', position, { users, at: moment });
  if (mergedFrom === null)
    return eventText(joined ? 'joined' : 'left', position, { user: publicId(profileId), at: moment });
  return eventText('left', position, {
    user: publicId(mergedFrom),
    at: moment,
    mergedInto: publicId(profileId),
  });
}

function eventText(event: string, position: ChangePosition, data: object): string {
  return `event: ${event}\nid: ${writePosition(position)}\ndata: ${JSON.stringify(data)}\n\n`;
}
