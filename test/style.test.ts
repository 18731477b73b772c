import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
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

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function parse(file: string) {
  return parseSync(file, readFileSync(join(root, file), 'utf8'));
}

/** The files of this repository that a file imports; `types` says whether those imported for their types alone count. */
function importsOf(file: string, { types }: { types: boolean }): string[] {
  const { module } = parse(file);
  const named = [
    ...module.staticImports.map((each) => ({
      name: each.moduleRequest.value,
      typeOnly: each.entries.length > 0 && each.entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap((each) =>
      each.entries.flatMap((entry) =>
        entry.moduleRequest ? [{ name: entry.moduleRequest.value, typeOnly: entry.isType }] : [],
      ),
    ),
  ];
  return named
    .filter(({ name, typeOnly }) => name.startsWith('.') && (types || !typeOnly))
    .map(({ name }) => relative(root, join(root, dirname(file), name)));
}

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
    const edges = new Map(product.map((file) => [file, importsOf(file, { types: false })]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of product) visit(file, []);
    expect(cycles).toEqual([]);
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
      .map((file) => ({ file, lines: linesOf(readFileSync(join(root, file), 'utf8')) }))
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
      (file) =>
        /\bsql(<[^`]*>)?`/.test(readFileSync(join(root, file), 'utf8')) &&
        !/-sql\.ts$|\/migrations\/|^src\/database\//.test(file),
    );
    expect(elsewhere).toEqual([]);
  });

  test('begins a transaction that writes only in database/gate.ts', () => {
    const others = product.filter(
      (file) =>
        /\.transaction\(\)/.test(readFileSync(join(root, file), 'utf8')) &&
        !['src/database/gate.ts', 'src/database/snapshot.ts'].includes(file),
    );
    // Those that touch no profile: accounts, what is kept about datasets, and about imports.
    expect(others.filter((file) => !/^src\/(access|datasets|http|audit|imports)\//.test(file))).toEqual([]);
  });
});

function linesOf(text: string): number {
  return text.trimEnd().split('\n').length;
}

function functionsOf(file: string): { file: string; line: number; lines: number }[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: { file: string; line: number; lines: number }[] = [];
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    const { type, start, end } = node as { type?: string; start?: number; end?: number };
    if (
      type &&
      /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type) &&
      start !== undefined &&
      end !== undefined
    ) {
      found.push({ file, line: linesOf(text.slice(0, start + 1)), lines: linesOf(text.slice(start, end)) });
    }
    for (const value of Object.values(node)) walk(value);
  };
  walk(parse(file).program.body);
  return found;
}
