import { Answers, type AnswersResult } from '../load/answers.ts';
import { sendBatch, writeKeyAuthorization } from '../load/events.ts';
import { below } from '../load/messages.ts';
import { openLoop } from '../load/open-loop.ts';
import { Requests } from '../load/requests.ts';

/** What visitors of a shop and its staff do all the time, in a process of its own. */
export interface Visitors {
  url: string;
  dataset: string;
  /** Who looks users up: the value of the Authorization header. */
  authorization: string;
  writeKey: string;
  /** Users that are there, by number from the first one on. */
  firstUser: number;
  users: number;
  lookUpsPerSecond: number;
  eventsPerSecond: number;
}

/** The answers to requests that were due in one phase. */
export interface PhaseAnswers {
  lookUps: AnswersResult;
  events: AnswersResult;
  /** Requests without an answer at the end of the phase: many of them are a server that does not keep up. */
  waiting: number;
}

interface Phase {
  lookUps: Answers;
  events: Answers;
  waiting: number;
}

const batch = 10;
const connections = 128;
/** One visitor in a hundred has never been there. */
const newShare = 0.01;

class Generator {
  readonly #visitors: Visitors;
  readonly #staff: Requests;
  readonly #pages: Requests;
  readonly #phases: Record<string, Phase> = {};
  #phase = this.#enter('beginning');
  #waiting = 0;
  #isStopped = false;
  #no = 0;

  constructor(visitors: Visitors) {
    this.#visitors = visitors;
    const { url, authorization, writeKey } = visitors;
    this.#staff = new Requests(url, { authorization, connections });
    this.#pages = new Requests(url, { authorization: writeKeyAuthorization(writeKey), connections });
  }

  enter(phase: string): void {
    this.#phase.waiting = this.#waiting;
    this.#phase = this.#enter(phase);
  }

  stop(): void {
    this.#isStopped = true;
  }

  async run(): Promise<Record<string, PhaseAnswers>> {
    const { lookUpsPerSecond, eventsPerSecond } = this.#visitors;
    const loop = { until: Number.POSITIVE_INFINITY, isStopped: () => this.#isStopped };
    await Promise.all([
      openLoop({ ...loop, perSecond: lookUpsPerSecond }, (due) => this.#lookUp(due)),
      openLoop({ ...loop, perSecond: eventsPerSecond / batch }, (due) => this.#send(due)),
    ]);
    this.#staff.close();
    this.#pages.close();
    const ended = Object.entries(this.#phases).map(([name, { lookUps, events, waiting }]) => [
      name,
      { lookUps: lookUps.result(), events: events.result(), waiting },
    ]);
    return Object.fromEntries(ended);
  }

  #enter(phase: string): Phase {
    this.#phases[phase] ??= { lookUps: new Answers(), events: new Answers(), waiting: 0 };
    return this.#phases[phase];
  }

  /** Of somebody with an odd number: those with an even one are being deleted, and not to find them is cheap. */
  async #lookUp(due: number): Promise<void> {
    const { lookUps } = this.#phase;
    const { firstUser, users, dataset } = this.#visitors;
    const user = firstUser + below(users - 1);
    this.#waiting++;
    const answered = await this.#staff.get(
      `/api/dataset/${dataset}/user/anonymousId-${user % 2 === 1 ? user : user + 1}`,
    );
    this.#waiting--;
    lookUps.take(answered, { latencyMs: performance.now() - due, isGood: answered.status === '200' });
  }

  /** Of anybody: half of them come from those who are being deleted, or have been. */
  async #send(due: number): Promise<void> {
    const { events } = this.#phase;
    const firstNo = this.#no;
    this.#no += batch;
    const senders = { ...this.#visitors, newShare };
    this.#waiting++;
    const { isGood, ...answered } = await sendBatch(this.#pages, senders, { firstNo, size: batch });
    this.#waiting--;
    events.take(answered, { latencyMs: performance.now() - due, isGood });
  }
}

if (process.send) {
  const generator = new Generator(JSON.parse(process.argv[2] ?? '{}'));
  process.on('message', (told: { phase: string } | { isOver: true }) =>
    'phase' in told ? generator.enter(told.phase) : generator.stop(),
  );
  // Whoever started it is gone.
  process.on('disconnect', () => process.exit());
  const result = await generator.run();
  process.send(result, () => process.disconnect());
}
