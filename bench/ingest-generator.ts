import { Answers, type AnswersResult } from './load/answers.ts';
import { sendBatch, writeKeyAuthorization } from './load/events.ts';
import type { Senders } from './load/messages.ts';
import { openLoop } from './load/open-loop.ts';
import { Requests } from './load/requests.ts';

/** What a load generator is to do. It is a process of its own, so that what it costs can be told from the server. */
export interface Load extends Senders {
  url: string;
  writeKey: string;
  /** Messages of one request. */
  batch: number;
  /** Events offered a second, whatever the answers take. Without it, each connection sends its next request after an answer. */
  perSecond?: number;
  connections: number;
  /** Ends by itself then; without it when told to. */
  seconds?: number;
}

export interface LoadResult extends AnswersResult {
  events: number;
  seconds: number;
  cpuSeconds: number;
}

class Generator {
  readonly #load: Load;
  readonly #requests: Requests;
  readonly #answers = new Answers();
  #events = 0;
  #isStopped = false;
  #no = 0;

  constructor(load: Load) {
    this.#load = load;
    const authorization = writeKeyAuthorization(load.writeKey);
    this.#requests = new Requests(load.url, { authorization, connections: load.connections });
  }

  stop(): void {
    this.#isStopped = true;
  }

  async run(): Promise<LoadResult> {
    const { seconds, perSecond, batch } = this.#load;
    const began = performance.now();
    const until = began + (seconds ?? Number.POSITIVE_INFINITY) * 1_000;
    const cpu = process.cpuUsage();
    const isStopped = () => this.#isStopped;
    await (perSecond === undefined
      ? this.#answerByAnswer(until)
      : openLoop({ perSecond: perSecond / batch, until, isStopped }, (due) => this.#send(due)));
    const { user, system } = process.cpuUsage(cpu);
    this.#requests.close();
    return {
      ...this.#answers.result(),
      events: this.#events,
      seconds: (performance.now() - began) / 1_000,
      cpuSeconds: (user + system) / 1e6,
    };
  }

  async #answerByAnswer(until: number): Promise<void> {
    const connection = async () => {
      while (!this.#isStopped && performance.now() < until) await this.#send(performance.now());
    };
    await Promise.all(Array.from({ length: this.#load.connections }, connection));
  }

  async #send(due: number): Promise<void> {
    const size = this.#load.batch;
    const firstNo = this.#no;
    this.#no += size;
    const { isGood, ...answered } = await sendBatch(this.#requests, this.#load, { firstNo, size });
    this.#answers.take(answered, { latencyMs: performance.now() - due, isGood });
    if (isGood) this.#events += size;
  }
}

if (process.send) {
  const generator = new Generator(JSON.parse(process.argv[2] ?? '{}'));
  process.on('message', () => generator.stop());
  // Whoever started it is gone.
  process.on('disconnect', () => process.exit());
  const result = await generator.run();
  process.send(result, () => process.disconnect());
}
