import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The files of a folder of this repository and those below it, by their paths in it. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

export function parse(file: string) {
  return parseSync(file, read(file));
}

export function linesOf(text: string): number {
  return text.trimEnd().split('\n').length;
}

/** The files of this repository that a file imports; `types` says whether those imported for their types alone count. */
export function importsOf(file: string, { types }: { types: boolean }): string[] {
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

/** Files that import each other at run time, each cycle as its way. */
export function cyclesAmong(files: readonly string[]): string[] {
  const edges = new Map(files.map((file) => [file, importsOf(file, { types: false })]));
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
  for (const file of files) visit(file, []);
  return cycles;
}

/** Every function of a file, with where it begins and how long it is. */
export function functionsOf(file: string): { file: string; line: number; lines: number }[] {
  const text = read(file);
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
