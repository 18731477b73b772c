import { expect, test } from 'vitest';
import { parseExactly } from './exact-json.ts';

test.each([
  ['12345678901234567890', '12345678901234567890'],
  ['-0.1000000000000000055511151231257827', '-0.1000000000000000055511151231257827'],
  ['1e-400', '1e-400'],
  ['9007199254740992', 9_007_199_254_740_992],
  ['1.50000000000000000000', 1.5],
  ['1e300', 1e300],
])('%s is read as %j', (text, value) => {
  expect(parseExactly(`{"n":[${text}]}`)).toEqual({ n: [value] });
});

test('digits in a text stay in it, whatever quotes and backslashes stand around them', () => {
  const value = { 'a"12345678901234567890': ['\\', '\\"12345678901234567890', '1e400'] };
  expect(parseExactly(JSON.stringify(value))).toEqual(value);
});

test.each(['{12345678901234567890:1}', '[012345678901234567890]', '[12345678901234567890.]', '12345678901234567890 1'])(
  '%s is no JSON, and does not become any',
  (text) => {
    expect(() => parseExactly(text)).toThrow(SyntaxError);
  },
);

test('a long number beside deeply nested lists is read, and so are they', () => {
  const [long, deep] = parseExactly(`[12345678901234567890,${'['.repeat(50_000)}${']'.repeat(50_000)}]`) as unknown[];
  expect([long, Array.isArray(deep)]).toEqual(['12345678901234567890', true]);
});
