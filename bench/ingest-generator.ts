import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { actions, categories, countries } from './ingest-rules.ts';

/** What a load generator is to do. It is a process of its own, so that what it costs can be told from the server. */
export interface Load {
  url: string;
  writeKey: string;
  /** Users that are there, by number from the first one on. */
  firstUser: number;
  users: number;
  /** Share of the messages that come from somebody new. */
  newShare: number;
  /** Messages of one request. */
  batch: number;
  /** Events offered a second, whatever the answers take. Without it, each connection sends its next request after an answer. */
  perSecond?: number;
  connections: number;
  /** Ends by itself then; without it when told to. */
  seconds?: number;
}

export interface LoadResult {
  events: number;
  seconds: number;
  /** Milliseconds from the moment a request was due to its answer. */
  p50: number;
  p99: number;
  max: number;
  requests: number;
  /** Answers by status; a connection that broke is `error`. */
  statuses: Record<string, number>;
  /** The first answers that were not what they should be. */
  failures: string[];
  cpuSeconds: number;
}

class Generator {
  readonly #load: Load;
  readonly #agent: Agent;
  readonly #headers: Record<string, string>;
  readonly #latencies: number[] = [];
  readonly #result = { events: 0, statuses: {} as Record<string, number>, failures: [] as string[] };
  #isStopped = false;
  #no = 0;

  constructor(load: Load) {
    this.#load = load;
    this.#agent = new Agent({ keepAlive: true, maxSockets: load.connections });
    const authorization = `Basic ${Buffer.from(`${load.writeKey}:`).toString('base64')}`;
    this.#headers = { authorization, 'content-type': 'application/json' };
  }

  stop(): void {
    this.#isStopped = true;
  }

  async run(): Promise<LoadResult> {
    const { seconds, perSecond } = this.#load;
    const began = performance.now();
    const until = began + (seconds ?? Number.POSITIVE_INFINITY) * 1_000;
    const cpu = process.cpuUsage();
    await (perSecond === undefined ? this.#answerByAnswer(until) : this.#onTime(perSecond, began, until));
    const { user, system } = process.cpuUsage(cpu);
    const sorted = this.#latencies.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    this.#agent.destroy();
    return {
      ...this.#result,
      seconds: (performance.now() - began) / 1_000,
      p50: at(0.5),
      p99: at(0.99),
      max: sorted.at(-1) ?? 0,
      requests: sorted.length,
      cpuSeconds: (user + system) / 1e6,
    };
  }

  async #answerByAnswer(until: number): Promise<void> {
    const connection = async () => {
      while (!this.#isStopped && performance.now() < until) await this.#send(performance.now());
    };
    await Promise.all(Array.from({ length: this.#load.connections }, connection));
  }

  async #onTime(perSecond: number, began: number, until: number): Promise<void> {
    const sent: Promise<void>[] = [];
    const everyMs = (1_000 * this.#load.batch) / perSecond;
    for (let no = 0; !this.#isStopped; no++) {
      const due = began + no * everyMs;
      if (due >= until) break;
      const early = due - performance.now();
      if (early > 1) await sleep(early);
      sent.push(this.#send(due));
    }
    await Promise.all(sent);
  }

  async #send(due: number): Promise<void> {
    const messages = Array.from({ length: this.#load.batch }, () => this.#message());
    const body = JSON.stringify({ batch: messages, sentAt: new Date().toISOString() });
    const { status, text } = await this.#post(body).catch((error: Error) => ({ status: 'error', text: error.message }));
    this.#latencies.push(performance.now() - due);
    this.#result.statuses[status] = (this.#result.statuses[status] ?? 0) + 1;
    if (status === '200' && text === '{"success":true}') this.#result.events += messages.length;
    else if (this.#result.failures.length < 3) this.#result.failures.push(`${status} ${text.slice(0, 300)}`);
  }

  #post(body: string): Promise<{ status: string; text: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: string; text: string }>();
    const headers = { ...this.#headers, 'content-length': Buffer.byteLength(body) };
    const sending = request(
      `${this.#load.url}/v1/batch`,
      { method: 'POST', agent: this.#agent, headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve({ status: String(response.statusCode), text }));
        response.on('error', reject);
      },
    );
    sending.on('error', reject);
    sending.end(body);
    return promise;
  }

  #message(): Record<string, unknown> {
    const no = this.#no++;
    const { firstUser, users, newShare } = this.#load;
    const isNew = Math.random() < newShare;
    const user = firstUser + below(users);
    const from = {
      messageId: `${process.pid}-${Date.now()}-${no}`,
      anonymousId: isNew ? `new-${process.pid}-${no}` : `anonymousId-${user}`,
      // Every third of them is known by name.
      ...(isNew || user % 3 !== 0 ? {} : { userId: `userId-${user}` }),
      timestamp: new Date().toISOString(),
      context: { library: { name: 'bench', version: '1.0.0' } },
    };
    if (Math.random() < 0.1) {
      return { ...from, type: 'identify', traits: { country: of(countries), score: below(30) } };
    }
    // The first actions more often than the others.
    const event = actions[Math.min(below(actions.length), below(actions.length))] as string;
    const properties = { category: of(categories), price: below(100), url: `https://shop.example/${below(1_000)}` };
    return {
      ...from,
      type: 'track',
      event,
      properties: event === 'Purchase' ? { ...properties, revenue: 10 } : properties,
    };
  }
}

function below(n: number): number {
  return Math.floor(Math.random() * n);
}

function of<T>(list: readonly T[]): T {
  return list[below(list.length)] as T;
}

if (process.send) {
  const generator = new Generator(JSON.parse(process.argv[2] ?? '{}'));
  process.on('message', () => generator.stop());
  // Whoever started it is gone.
  process.on('disconnect', () => process.exit());
  const result = await generator.run();
  process.send(result, () => process.disconnect());
}
