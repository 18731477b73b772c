import { describe, expect, test } from 'vitest';
import { sharedWithConsole } from '../src/console.ts';
import { cyclesAmong, filesIn, functionsOf, importsOf, linesOf, parse, read } from './source.ts';

const sources = filesIn('console').filter((file) => /\.tsx?$/.test(file) && !file.startsWith('console/dist/'));
const page = sources.filter((file) => !/\.test\.tsx?$/.test(file) && file !== 'console/vite.config.ts');

/** Knows no word of the product; every word may use it. */
const foundation = ['ui', 'api', 'texts'];

describe('imports of the console', () => {
  test('take types from the server, and at run time only what is listed', () => {
    const taken = page.flatMap((file) => importsOf(file, { types: false }).filter((each) => each.startsWith('src/')));
    expect(taken.filter((file) => !sharedWithConsole.includes(file))).toEqual([]);
  });

  test('lead from the words to what knows no word, and never back', () => {
    const wrong = page.flatMap((file) => {
      const [, folder = ''] = file.split('/');
      if (!foundation.includes(folder)) return [];
      const known = importsOf(file, { types: true }).filter((each) => /^console\/[^/]+\//.test(each));
      return known
        .filter((each) => !foundation.includes(each.split('/')[1] ?? ''))
        .map((each) => `${file} imports ${each}`);
    });
    expect(wrong).toEqual([]);
  });

  test('make no cycles', () => {
    expect(cyclesAmong(page)).toEqual([]);
  });

  test('are of files that are there for one thing: there are no barrels and no drawers', () => {
    expect(
      sources.filter((file) => /(^|\/)(index|utils?|helpers?|types|common|misc|components)\.tsx?$/.test(file)),
    ).toEqual([]);
  });
});

describe('files and functions of the console', () => {
  test('are short: 260 lines a file, 60 a function', () => {
    expect(sources.filter((file) => linesOf(read(file)) > 260)).toEqual([]);
    expect(page.flatMap((file) => functionsOf(file).filter(({ lines }) => lines > 60))).toEqual([]);
  });
});

describe('texts of the console', () => {
  test('stand in texts/, ready to be translated, and not in the screens', () => {
    const spoken = page
      .filter((file) => !file.startsWith('console/texts/'))
      .flatMap((file) => spokenIn(file).map((text) => `${file}: ${text}`));
    // The name of the product, and the command that checks a receipt, are the same in every language.
    const names = /: (Lethe|lethe verify-receipt FILE --keys jwks\.json)$/;
    expect(spoken.filter((line) => !names.test(line))).toEqual([]);
  });

  test('promise nothing loudly: no exclamation marks, nothing "successfully"', () => {
    const loud = sources
      .filter((file) => file.startsWith('console/texts/en/'))
      .filter((file) => /[a-z]!['`]|successfully/i.test(read(file)));
    expect(loud).toEqual([]);
  });
});

/** Words that a component says itself: text between tags, and what is read out or shown by an attribute. */
function spokenIn(file: string): string[] {
  const found: string[] = [];
  const say = (text: unknown) => {
    if (typeof text === 'string' && /\p{L}{2}/u.test(text)) found.push(text.trim());
  };
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    const { type, value, name } = node as { type?: string; value?: unknown; name?: { name?: string } };
    if (type === 'JSXText') say(value);
    if (
      type === 'JSXAttribute' &&
      /^(label|title|placeholder|description|alt|aria-label|aria-valuetext)$/.test(name?.name ?? '')
    ) {
      say(
        (value as { type?: string; value?: unknown } | null)?.type === 'Literal'
          ? (value as { value: unknown }).value
          : undefined,
      );
    }
    for (const child of Object.values(node)) walk(child);
  };
  walk(parse(file).program.body);
  return found;
}
