import { expect, test } from 'vitest';
import { AnswerTimes } from './answer-times.ts';

/** Answers in each second of a time that only this moves. */
function visitors() {
  let now = 0;
  const times = new AnswerTimes(() => now);
  const answer = (seconds: number, ms: number, { count = 20, kind = 'GET /users' } = {}) => {
    for (let second = 0; second < seconds; second++) {
      for (let n = 0; n < count; n++) times.add(kind, ms);
      now += 1_000;
    }
  };
  return { times, answer };
}

test('what answers usually take is learnt while nobody looks, and kept while somebody does', () => {
  const { times, answer } = visitors();
  answer(30, 40);
  expect(times.look()).toEqual([{ p95Ms: 40, usualMs: 40 }]);
  for (let second = 0; second < 30; second++) {
    answer(1, 200);
    expect(times.look()).toEqual([{ p95Ms: 200, usualMs: 40 }]);
  }
});

test('where nothing was seen before, slow answers count as slow at first, and then the fastest of them as usual', () => {
  const { times, answer } = visitors();
  times.look();
  const usual: (number | undefined)[] = [];
  for (const ms of [300, 200, 100, 90, 90, 90, 90, 90, 90, 90, 90, 180]) {
    answer(1, ms);
    usual.push(times.look()[0]?.usualMs);
  }
  expect(usual[0]).toBe(25);
  expect(usual.at(-1)).toBe(90);
});

test('every kind of answers has its own usual time', () => {
  const { times, answer } = visitors();
  answer(30, 10, { kind: 'GET /users' });
  answer(30, 500, { kind: 'GET /export' });
  answer(1, 30, { kind: 'GET /users' });
  expect(times.look()).toEqual([
    { p95Ms: 30, usualMs: 10 },
    { p95Ms: 500, usualMs: 500 },
  ]);
});

test('whoever looks how far a deletion is does not count as being served', () => {
  let now = 0;
  const times = new AnswerTimes(() => now);
  const polled = (route: string) => {
    for (let n = 0; n < 20; n++) times.addAnswer({ method: 'GET', route, seconds: 0.04 });
    now += 1_000;
    return times.look();
  };
  expect(polled('/api/dataset/:ds/deletions/:id')).toEqual([]);
  expect(polled('/api/dataset/:ds/users/:user')).toMatchObject([{ p95Ms: 40 }]);
});

test('a few answers say nothing, and neither do those of a while ago', () => {
  const { times, answer } = visitors();
  answer(5, 500, { count: 4 });
  expect(times.look()).toEqual([]);
  answer(1, 500);
  expect(times.look()).toMatchObject([{ p95Ms: 500 }]);
  answer(5, 500, { count: 0 });
  expect(times.look()).toEqual([]);
});
