import { expect, test } from 'vitest';
import { committed, entriesOf, pasted, reopened, textsOf, withAlone } from './text-entries.ts';

test('what is being typed counts, and Enter makes room for the next', () => {
  const typing = { done: ['DE'], typed: 'FR ' };
  expect(textsOf(typing)).toEqual(['DE', 'FR ']);
  expect(committed(typing)).toEqual({ done: ['DE', 'FR '], typed: '' });
  expect(committed({ done: ['DE'], typed: 'DE' })).toEqual({ done: ['DE'], typed: '' });
  expect(reopened({ done: ['DE', 'FR'], typed: '' })).toEqual({ done: ['DE'], typed: 'FR' });
});

test('a copied column is a text a line, exactly as it is; one line is typed on', () => {
  expect(pasted({ done: ['A'], typed: 'B' }, ' x\r\nA\n\ny,z\n')).toEqual({ done: ['A', 'B', ' x', 'y,z'], typed: '' });
  expect(pasted({ done: [], typed: '' }, 'one line, with a comma')).toBeUndefined();
});

test('a single text can be edited in its place, and the empty one is not lost', () => {
  expect(entriesOf(['DE'], { isChoice: false })).toEqual({ done: [], typed: 'DE' });
  expect(entriesOf(['Purchase'], { isChoice: true })).toEqual({ done: ['Purchase'], typed: '' });
  expect(textsOf(entriesOf([''], { isChoice: false }))).toEqual(['']);
});

test('any action is chosen instead of others, and others instead of it', () => {
  expect(withAlone({ done: ['Purchase', '*'], typed: '' }, '*')).toEqual({ done: ['*'], typed: '' });
  expect(withAlone({ done: ['*', 'Purchase'], typed: '' }, '*')).toEqual({ done: ['Purchase'], typed: '' });
  expect(withAlone({ done: ['*'], typed: 'Pur' }, '*')).toEqual({ done: [], typed: 'Pur' });
  expect(withAlone({ done: ['*', 'a'], typed: '' }, undefined)).toEqual({ done: ['*', 'a'], typed: '' });
});
