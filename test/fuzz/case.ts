import type { Ledger } from './ledger.ts';

/** One request of the fuzzer, with what is right for its answer. */
export interface FuzzRequest {
  /** Its class, as reports name it. */
  what: string;
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  /** Sent on a connection of its own: the server may close it after such a request. */
  ownConnection?: true;
  /** Sent as these bytes in place of a request made of the above; then the sender waits, ends its side, or breaks the connection off. */
  wire?: { bytes: Buffer; then: 'wait' | 'end' | 'breakOff' };
  judge: Judge;
  /** Texts that name somebody: a refusal never repeats them. */
  secrets?: readonly string[];
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The body where it is JSON. */
  json: Record<string, unknown> | undefined;
}

/** Looks at the answer, writes down what it promises, and throws when it is wrong. No answer: the connection ended without one. */
export type Judge = (answer: Answer | undefined, ledger: Ledger) => void;

export type Refusal = readonly [status: number, code: string];

/** Right is one of these refusals. */
export function refused(...refusals: readonly Refusal[]): Judge {
  return (answer) => {
    const got = `${answer?.status} ${answer?.json?.code}`;
    const right = refusals.map(([status, code]) => `${status} ${code}`);
    if (!right.includes(got)) throw new Error(`expected ${right.join(' or ')}, got ${got}`);
  };
}

/** Right is whatever is a refusal of the sender's: the class has more than one thing wrong. */
export const refusedSomehow: Judge = (answer) => {
  if (!answer || answer.status < 400) throw new Error(`expected a refusal, got ${answer?.status}`);
};

/** Right is success; `note` writes down what follows from it. */
export function succeeds(status: number, note: (answer: Answer, ledger: Ledger) => void = () => {}): Judge {
  return (answer, ledger) => {
    if (answer?.status !== status) {
      throw new Error(`expected ${status}, got ${answer?.status} ${answer?.json?.code} ${answer?.json?.detail}`);
    }
    note(answer, ledger);
  };
}

/** What holds for every answer: nothing is an error of the server's own, and a refusal is a problem document that repeats no name. */
export function checkAnswer(answer: Answer, secrets: readonly string[]): void {
  const { status, headers, text, json } = answer;
  if (status >= 500) throw new Error(`an error of the server's own: ${status} ${text.slice(0, 300)}`);
  if (status < 400) return;
  const type = headers['content-type'];
  if (type !== 'application/problem+json') throw new Error(`${status} is no problem document but ${type}`);
  const { code, detail, title } = json ?? {};
  if (json?.status !== status) throw new Error(`the document of ${status} says ${json?.status}`);
  if (typeof code !== 'string' || !/^[a-zA-Z_]+(\.[a-zA-Z_]+)+$/.test(code)) throw new Error(`the code is ${code}`);
  if (json?.type !== `urn:lethe:problem:${code}`) throw new Error(`the type of ${code} is ${json?.type}`);
  if (typeof detail !== 'string' || typeof title !== 'string') throw new Error(`${code} has no detail or no title`);
  if (status === 405 && !headers.allow) throw new Error('405 without Allow');
  if (status === 429 && !headers['retry-after']) throw new Error('429 without Retry-After');
  const repeated = secrets.find((secret) => text.includes(secret));
  if (repeated !== undefined) throw new Error(`the refusal repeats what names somebody: ${repeated.slice(0, 80)}`);
}
