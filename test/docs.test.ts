import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { definitions } from '../src/settings.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['.', 'docs'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

const picturesThere = readdirSync(join(root, 'docs/images')).map((name) => `docs/images/${name}`);

describe('the documentation', () => {
  test('has an index that leads to every page', () => {
    const linked = linksOf('docs/README.md').map((link) => join('docs', link));
    const others = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    expect(others.filter((page) => !linked.includes(page))).toEqual([]);
  });

  test.each(pages)('links only to files and headings that are there: %s', (page) => {
    const broken = linksOf(page).filter((link) => !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });

  test('shows every picture of docs/images, and no picture without words that take its place', () => {
    const shown = pages.flatMap(picturesOf);
    expect(picturesThere.filter((file) => !shown.some(({ picture }) => picture === file))).toEqual([]);
    expect(shown.filter(({ picture }) => !picturesThere.includes(picture))).toEqual([]);
    // A name is not a description: whoever does not see the picture wants to know what is on it.
    expect(shown.filter(({ words }) => words.split(' ').length < 4)).toEqual([]);
    const said = shown.map(({ page, words }) => `${page}: ${words}`);
    expect(said.filter((words, at) => said.indexOf(words) !== at)).toEqual([]);
  });

  test('carries pictures of 2.5 MB at most', () => {
    const bytes = picturesThere.map((file) => statSync(join(root, file)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_500_000);
  });

  test.each(pages)('names only settings that are there: %s', (page) => {
    const known = new Set([...Object.values(definitions).map(({ env }) => env), 'LETHE_URL', 'LETHE_TOKEN']);
    const named = read(page).match(/LETHE_[A-Z_]*[A-Z]/g) ?? [];
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  });

  test.each(pages)('names only commands and options that are there: %s', (page) => {
    const wrong = commandLinesOf(page).flatMap((line) => mistakesOf(line).map((mistake) => `${mistake} in: ${line}`));
    expect(wrong).toEqual([]);
  });
});

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Targets of the links of a page, without those to other hosts. */
function linksOf(page: string): string[] {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((target) => !/^[a-z]+:/.test(target));
}

interface Picture {
  page: string;
  picture: string;
  words: string;
}

function picturesOf(page: string): Picture[] {
  return [...read(page).matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, words = '', target = '']) => ({
    page,
    picture: join(dirname(page), target),
    words,
  }));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const target = path === '' ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return heading === undefined || headingsOf(target).includes(heading);
}

/** Anchors of the headings of a page, as GitHub makes them. */
function headingsOf(page: string): string[] {
  const text = read(page).replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Every command line that a page shows, in blocks and in the text; a line that ends in a backslash goes on in the next. */
function commandLinesOf(page: string): string[] {
  const text = read(page).replace(/\\\n\s*/g, ' ');
  const blocks = [...text.matchAll(/^ *```[a-z]*\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...text.replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...blocks, ...spans].flatMap((line) => {
    const call = /^\s*(?:\$ )?(?:.*\| )?(?:[A-Z_]+=\S+ )*(?:bin\/)?lethe (?=[a-z-])(.*)$/.exec(line)?.[1];
    return call === undefined ? [] : [call.replace(/ +#.*$/, '')];
  });
}

/** What a command line names that the command does not have. */
function mistakesOf(line: string): string[] {
  const words = line.match(/'[^']*'|"[^"]*"|[^\s|]+/g) ?? [];
  let command: Command = createProgram();
  const options = new Set(['--help', '--version', ...optionsOf(command)]);
  for (const word of words) {
    if (word.startsWith('-') || command.commands.length === 0) break;
    const next = command.commands.find((one) => one.name() === word);
    if (!next) return word === 'help' ? [] : [`no command "${word}"`];
    command = next;
    for (const option of optionsOf(command)) options.add(option);
  }
  const unknown = words.filter((word) => word.startsWith('--') && !options.has(word.split('=')[0] ?? ''));
  return unknown.map((word) => `no option ${word}`);
}

function optionsOf(command: Command): string[] {
  return command.options.flatMap(({ long }) => long ?? []);
}
