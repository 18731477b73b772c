import type { Random } from '../story/random.ts';
import { type Answer, type FuzzRequest, type Judge, refused } from './case.ts';
import { basic, writeKey } from './tracking.ts';

const key = `authorization: ${basic(`${writeKey}:`)}\r\n`;
const json = 'content-type: application/json\r\n';
const host = 'host: fuzz\r\n';
const post = `POST /v1/track HTTP/1.1\r\n${host}${key}${json}`;

/** Requests that no library would send, as bytes: heads that are none, lengths that are wrong, bodies that stop. */
export function wireRequest(random: Random, mark: string): FuzzRequest {
  const body = JSON.stringify({ userId: `w-${mark}`, event: 'Wire', messageId: `w-${mark}` });
  const length = `content-length: ${body.length}\r\n`;
  const noRequest = refused([400, 'request.unreadable']);
  const tooLong = refused([431, 'request.unreadable']);
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const chunked = 'transfer-encoding: chunked\r\n\r\n';
  const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\n${host}${headers}\r\n`;
  const [what, text, judge, then = 'wait'] = random.of<WireCase>([
    [
      'no HTTP',
      random.of(['hello\r\n\r\n', '\0\0\0\0\r\n\r\n', '\x16\x03\x01\x02\x00\x01', '{}\r\n\r\n', 'GET\r\n\r\n']),
      noRequest,
    ],
    ['no method', `FUZZ /v1/track HTTP/1.1\r\n${host}\r\n`, noRequest],
    ['no version', `GET / HTTP/9.9\r\n${host}\r\n`, noRequest],
    ['a space before the colon', get('/health/live', 'x : y\r\n'), noRequest],
    ['a header without a name', get('/health/live', ': y\r\n'), noRequest],
    ['a NUL in a header', get('/health/live', 'x: a\0b\r\n'), noRequest],
    ['a line feed in a header', get('/health/live', 'x: a\nb\r\n'), noRequest],
    ['a long address', get(`/v1/track?${'x'.repeat(20_000)}`), tooLong],
    ['a long header', get('/health/live', `x: ${'y'.repeat(20_000)}\r\n`), tooLong],
    ['many headers', get('/health/live', 'x: y\r\n'.repeat(5_000)), tooLong],
    ['two lengths', `${post}${length}content-length: 3\r\n\r\n${body}`, noRequest],
    [
      'a length that is none',
      `${post}content-length: ${random.of(['x', '-1', '1e3', '0x10', '99999999999999999999'])}\r\n\r\n${body}`,
      noRequest,
    ],
    ['a length and chunks', `${post}${length}${chunked}${chunk(body)}0\r\n\r\n`, noRequest],
    ['chunks of no size', `${post}${chunked}zz\r\n${body}\r\n0\r\n\r\n`, noRequest],
    [
      'a body that is shorter than its length',
      `${post}content-length: ${body.length + 9}\r\n\r\n${body}`,
      noAnswerOr(noRequest),
      'end',
    ],
    ['chunks that stop', `${post}${chunked}${chunk(body)}`, noAnswerOr(noRequest), 'end'],
    ['a chunk that stops', `${post}${chunked}ff\r\n${body}`, noAnswerOr(noRequest), 'end'],
    [
      'a sender who goes away in the body',
      `${post}content-length: 300000\r\n\r\n${body}${' '.repeat(250_000)}`,
      noAnswer,
      'breakOff',
    ],
    ['a sender who goes away in a chunk', `${post}${chunked}ff\r\n${body}`, noAnswer, 'breakOff'],
    ['a sender who goes away in the head', post, noAnswer, 'breakOff'],
    ['a body that is longer than its length', `${post}content-length: ${body.length - 1}\r\n\r\n${body}`, noRequest],
    [
      'a length beyond what is read',
      `${post}content-length: 999999999\r\n\r\n${body}`,
      refused([413, 'request.too_large']),
      'wait',
    ],
    [
      'chunks beyond what is read',
      `${post}${chunked}${chunk('x'.repeat(65_000)).repeat(9)}`,
      refused([413, 'request.too_large']),
      'wait',
    ],
  ]);
  const bytes = Buffer.from(text, 'latin1');
  return { what: `wire: ${what}`, method: '', path: '', wire: { bytes, then }, judge };
}

type WireCase = readonly [what: string, text: string, judge: Judge, then?: 'wait' | 'end' | 'breakOff'];

/** The sender has gone: there is nobody to answer. */
const noAnswer: Judge = () => {};

/** A connection that ends in the middle of a request may be closed without an answer. */
function noAnswerOr(judge: Judge): Judge {
  return (answer: Answer | undefined, ledger) => {
    if (answer) judge(answer, ledger);
  };
}
