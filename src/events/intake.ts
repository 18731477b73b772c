import type { Dataset } from '../database/handle.ts';
import { installationSecret } from '../database/secret-sql.ts';
import { LetheError } from '../errors.ts';
import type { Lethe } from '../lethe.ts';
import { IntakeLane } from './intake-lane.ts';
import { memoryOf } from './json-limits.ts';
import type { Incoming, Message, Origin } from './message.ts';
import type { ReceivedMessage } from './recent-messages.ts';
import type { WriteResult } from './write.ts';

/**
 * Takes messages in as they come, and answers when they are durable. Messages of one request are written together, in one
 * transaction with those of other requests that wait at the same time.
 */
export interface Intake {
  /**
   * One result a message, in their order, after the commit. Throws `events.busy` when too much waits already, and whatever the
   * database says: then nothing of these messages was written.
   */
  take(dataset: Dataset, messages: readonly Message[], origin: Origin): Promise<WriteResult[]>;
  /** Like `take`, for messages that do not all come the same way. */
  takeIncoming(dataset: Dataset, incoming: readonly Incoming[]): Promise<WriteResult[]>;
  /** Throws `events.busy` where `take` would throw it whatever it is given: known before a body is read. */
  refuseWhenFull(): void;
  /** Tells the watchers of messages that could not even be read. */
  tellRefused(dataset: Dataset, refused: readonly ReceivedMessage[]): void;
  /** What waits or is being written at this moment. */
  waiting(): { messages: number; bytes: number };
  /** Takes nothing more, and resolves when everything taken is written or refused. */
  stop(): Promise<void>;
}

/** Who watches; told after each commit and each refusal. Must not throw. */
export interface IntakeWatchers {
  onTaken(dataset: Dataset, received: readonly ReceivedMessage[]): void;
  /** Told how long a transaction with so many messages took, retries included. */
  onWritten(written: { messages: number; seconds: number }): void;
}

/** Transactions that write at once on this server, all datasets together; the connections of others are left free. */
const transactionsMax = 4;

/** The intake of a running server. */
export async function openIntake(lethe: Lethe, watchers: IntakeWatchers): Promise<Intake> {
  const { settings, database, now } = lethe;
  const messageKey = await installationSecret(database.starts, 'messages');
  const { attributesPerProfileMax, messageIdHours } = settings;
  const limits = { attributesPerProfileMax, messageIdHours };
  return new Queue({
    settings,
    watchers,
    laneOf: (dataset) =>
      new IntakeLane(dataset, {
        db: database.writes,
        context: () => ({ limits, messageKey, now: now() }),
        onWritten: watchers.onWritten,
      }),
  });
}

interface QueueOptions {
  settings: Pick<Lethe['settings'], 'queueMessagesMax' | 'queueBytesMax'>;
  watchers: IntakeWatchers;
  laneOf(dataset: Dataset): IntakeLane;
}

class Queue implements Intake {
  readonly #options: QueueOptions;
  /** By number of the dataset. Those that wrote longest ago come first. */
  readonly #lanes = new Map<number, IntakeLane>();
  #messages = 0;
  #bytes = 0;
  #writing = 0;
  #isStopped = false;
  #onEmpty = () => {};

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  take(dataset: Dataset, messages: readonly Message[], origin: Origin): Promise<WriteResult[]> {
    return this.takeIncoming(
      dataset,
      messages.map((message) => ({ message, origin })),
    );
  }

  async takeIncoming(dataset: Dataset, incoming: readonly Incoming[]): Promise<WriteResult[]> {
    if (incoming.length === 0) return [];
    const bytes = incoming.reduce((sum, { message }) => sum + memoryOf(message), 0);
    this.#refuseBeyond(incoming.length, bytes);
    this.#messages += incoming.length;
    this.#bytes += bytes;
    try {
      const results = await this.#write(dataset, incoming);
      this.#options.watchers.onTaken(dataset, receivedOf(incoming, results));
      return results;
    } finally {
      this.#messages -= incoming.length;
      this.#bytes -= bytes;
      if (this.#messages === 0) this.#onEmpty();
    }
  }

  refuseWhenFull(): void {
    const { queueMessagesMax, queueBytesMax } = this.#options.settings;
    if (this.#isStopped || this.#messages >= queueMessagesMax || this.#bytes >= queueBytesMax) throw tooBusy();
  }

  tellRefused(dataset: Dataset, refused: readonly ReceivedMessage[]): void {
    this.#options.watchers.onTaken(dataset, refused);
  }

  waiting(): { messages: number; bytes: number } {
    return { messages: this.#messages, bytes: this.#bytes };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#messages === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    await promise;
  }

  #refuseBeyond(messages: number, bytes: number): void {
    const { queueMessagesMax, queueBytesMax } = this.#options.settings;
    const isTooMuch = this.#messages + messages > queueMessagesMax || this.#bytes + bytes > queueBytesMax;
    // Whatever its size, a request gets in when nothing waits: otherwise it never would.
    if (this.#isStopped || (isTooMuch && this.#messages > 0)) throw tooBusy();
  }

  #write(dataset: Dataset, incoming: readonly Incoming[]): Promise<WriteResult[]> {
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult[]>();
    let lane = this.#lanes.get(dataset.no);
    if (!lane) {
      lane = this.#options.laneOf(dataset);
      this.#lanes.set(dataset.no, lane);
    }
    lane.add({ incoming, resolve, reject });
    // Requests that arrive in the same moment go together.
    setImmediate(() => this.#writeNext());
    return promise;
  }

  #writeNext(): void {
    for (const [no, lane] of [...this.#lanes]) {
      if (this.#writing >= transactionsMax || !lane.isDue()) continue;
      this.#writing++;
      lane.writeNext().finally(() => {
        this.#writing--;
        this.#writeNext();
      });
      // A busy dataset does not keep the others waiting.
      this.#lanes.delete(no);
      this.#lanes.set(no, lane);
    }
  }
}

function receivedOf(incoming: readonly Incoming[], results: readonly WriteResult[]): ReceivedMessage[] {
  return incoming.map(({ message, origin }, index) => {
    const { receivedAt: at, from: type, source = type } = origin;
    const received = { at, source, type, action: message.event?.action ?? null };
    const result = results[index] as WriteResult;
    if (!result.accepted) return { ...received, refusal: { code: result.code, detail: result.detail } };
    return result.duplicate ? received : { ...received, profileId: result.profileId };
  });
}

export function tooBusy(): LetheError {
  const detail = 'More events come than can be written just now; nothing of this was taken. Send it again in a moment.';
  return new LetheError('busy', 'events.busy', detail, { retryAfterSeconds: 1 });
}
