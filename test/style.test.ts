import { describe, expect, test } from 'vitest';
import { cyclesAmong, filesIn, functionsOf, importsOf, linesOf, read } from './source.ts';

const sources = ['src', 'bench', 'test'].flatMap(filesIn).filter((file) => file.endsWith('.ts'));
const product = sources.filter((file) => file.startsWith('src/') && !file.endsWith('.test.ts'));

/**
 * What may import what, lowest first: a folder may import those named for it and itself. Files of src/ that are in no folder are
 * words that everybody knows (errors, settings, ids …); main.ts is for the command alone.
 */
const mayImport: Record<string, readonly string[]> = {
  database: [],
  jobs: [],
  http: ['database', 'access/permissions.ts'],
  audit: ['database', 'http', 'access/permissions.ts'],
  datasets: ['database', 'http', 'jobs', 'audit', 'access/permissions.ts', 'access/system-actor.ts'],
  access: ['database', 'http', 'audit', 'datasets'],
  identities: ['database', 'http'],
  vocabulary: ['database', 'http', 'audit', 'access', 'identities'],
  profiles: ['database', 'http', 'jobs', 'audit', 'access', 'datasets', 'identities'],
  segments: ['database', 'http', 'jobs', 'audit', 'access', 'datasets', 'profiles', 'identities'],
  events: ['database', 'http', 'jobs', 'audit', 'access', 'datasets', 'identities', 'profiles', 'segments'],
  imports: ['database', 'http', 'jobs', 'audit', 'access', 'datasets', 'identities', 'profiles', 'events'],
  deletions: ['database', 'http', 'jobs', 'audit', 'access', 'datasets', 'identities', 'profiles', 'segments'],
  privacy: [
    'database',
    'http',
    'jobs',
    'audit',
    'access',
    'datasets',
    'identities',
    'profiles',
    'segments',
    'deletions',
    'imports/rows.ts',
  ],
};

describe('imports', () => {
  test('point one way: no word imports a word above it', () => {
    const wrong: string[] = [];
    for (const file of product) {
      const [, folder = '', ...rest] = file.split('/');
      const allowed = mayImport[folder];
      if (rest.length === 0 || !allowed) continue;
      for (const imported of importsOf(file, { types: true }).filter((each) => each.startsWith('src/'))) {
        const [, other = '', ...inside] = imported.split('/');
        if (
          inside.length === 0
            ? imported === 'src/main.ts'
            : other !== folder && !allowed.includes(other) && !allowed.includes(imported.slice(4))
        ) {
          wrong.push(`${file} imports ${imported}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('make no cycles', () => {
    expect(cyclesAmong(product)).toEqual([]);
  });

  test('go to the file that has the thing: there are no barrels and no drawers', () => {
    const drawers = sources.filter((file) =>
      /(^|\/)(index|utils?|helpers?|types|interfaces|common|misc)\.ts$/.test(file),
    );
    expect(drawers).toEqual([]);
  });
});

describe('files and functions', () => {
  test('are short: 260 lines a file, 450 one of tests', () => {
    const long = sources
      .map((file) => ({ file, lines: linesOf(read(file)) }))
      .filter(({ file, lines }) => lines > (/^test|\.test\.ts$/.test(file) ? 450 : 260));
    // The tables of a dataset read best in one place.
    expect(long.filter(({ file }) => !file.includes('/migrations/'))).toEqual([]);
  });

  test('are short: 60 lines a function', () => {
    const long = product.flatMap((file) => functionsOf(file).filter(({ lines }) => lines > 60));
    // Route files list routes, one after the other; a migration lists tables; the wiring is a straight list.
    expect(long.filter(({ file }) => !/(-routes|main)\.ts$|\/migrations\//.test(file))).toEqual([]);
  });
});

describe('SQL', () => {
  test('is written in *-sql.ts, the migrations and the files of database/ that speak to the server itself', () => {
    const elsewhere = product.filter(
      (file) => /\bsql(<[^`]*>)?`/.test(read(file)) && !/-sql\.ts$|\/migrations\/|^src\/database\//.test(file),
    );
    expect(elsewhere).toEqual([]);
  });

  test('begins a transaction that writes only in database/gate.ts', () => {
    const others = product.filter(
      (file) =>
        /\.transaction\(\)/.test(read(file)) && !['src/database/gate.ts', 'src/database/snapshot.ts'].includes(file),
    );
    // Those that touch no profile: accounts, what is kept about datasets, and about imports.
    expect(others.filter((file) => !/^src\/(access|datasets|http|audit|imports)\//.test(file))).toEqual([]);
  });
});
