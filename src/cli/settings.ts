import type { Command } from 'commander';
import { describeSettings } from '../describe-settings.ts';
import { unknownSettings } from '../settings.ts';
import { does, withExamples } from './command.ts';
import { table } from './text.ts';

export function addSettings(program: Command): void {
  const settings = program
    .command('settings')
    .summary('show every setting, its value and its meaning')
    .description('Show every setting of a server started here: its value, where it came from, what it means.');
  withExamples(
    settings,
    ['lethe settings', 'the settings in force; secrets are hidden'],
    ['LETHE_PORT=9000 lethe settings', 'a setting is an environment variable'],
  );
  does(settings, async ({ output }) => {
    const items = describeSettings();
    const unknown = unknownSettings();
    const rows = items.map(({ name, value, from, means }) => [name, shown(value), from, means]);
    output.result({ items, unknown }, table(['Setting', 'Value', 'From', 'Meaning'], rows));
    for (const name of unknown) output.remark(`${name} is set, but is no setting of Lethe: most likely misspelt.`);
  });
}

function shown(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return '–';
  return Array.isArray(value) ? value.join(',') : String(value);
}
