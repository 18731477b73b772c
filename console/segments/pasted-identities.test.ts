import { expect, test } from 'vitest';
import { identitiesIn } from './pasted-identities.ts';

test('every line that is not empty is a user, each once, whatever ends the lines', () => {
  expect(identitiesIn('u-1\r\n\n  u-2 \ru-1\nada@example.com\n')).toEqual(['u-1', 'u-2', 'ada@example.com']);
  expect(identitiesIn(' \n ')).toEqual([]);
});

test('a column of a table file loses its quotes and commas', () => {
  expect(identitiesIn('"u-1",\nu-2;\n"a, b"')).toEqual(['u-1', 'u-2', 'a, b']);
});
