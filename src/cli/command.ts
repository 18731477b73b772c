import type { Command } from 'commander';
import type { DatasetAnswer } from './answers.ts';
import { type Client, createClient } from './client.ts';
import { type ExitStatus, wrongUsage } from './exit-status.ts';
import { createOutput, type Output } from './output.ts';
import { readSignIn } from './sign-in.ts';

/** A command as it was called. */
export interface Call<Options> {
  args: readonly string[];
  options: Options;
  output: Output;
  /** The server, as whoever is signed in. */
  client(): Client;
  /** Address of the dataset: that of `--dataset`, or of the only one within reach. */
  dataset(): Promise<{ id: string; path: string }>;
}

/** What every command may be given. */
interface CommonOptions {
  json?: boolean;
  dataset?: string;
}

/** Lets `work` be what the command does. Exit status 0 unless it returns another one or throws. */
export function does<Options extends object = object>(
  command: Command,
  work: (call: Call<Options>) => Promise<ExitStatus> | Promise<void>,
): Command {
  return command.action(async () => {
    const options = command.optsWithGlobals<Options & CommonOptions>();
    let client: Client | undefined;
    const connect = () => {
      client ??= createClient(readSignIn());
      return client;
    };
    const status = await work({
      args: command.processedArgs.flat().filter((arg) => arg !== undefined),
      options,
      output: createOutput(options.json === true),
      client: connect,
      dataset: async () => {
        const id = options.dataset ?? (await onlyDataset(connect()));
        return { id, path: `/api/dataset/${encodeURIComponent(id)}` };
      },
    });
    if (status) process.exitCode = status;
  });
}

async function onlyDataset(client: Client): Promise<string> {
  const ids: string[] = [];
  for await (const dataset of client.list<DatasetAnswer>('/api/datasets')) ids.push(dataset.id);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return only;
  const choice = ids.length === 0 ? 'There is none yet: lethe datasets create ID.' : `One of: ${ids.join(', ')}.`;
  throw wrongUsage('dataset', `Say which dataset: --dataset ID. ${choice}`);
}

export function withDataset(command: Command): Command {
  return command.option('--dataset <id>', 'the dataset; not needed when only one is within reach');
}

/** Adds examples to the command's help; each a command line and what it does. */
export function withExamples(
  command: Command,
  ...examples: readonly (readonly [line: string, does: string])[]
): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, does]) =>
    width > 70 ? `  ${line}\n      ${does}` : `  ${line.padEnd(width)}   ${does}`,
  );
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** Collects an option that may be given several times. */
export function repeatable(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** `TARGET=TEXT` options as an object. The first `=` divides. */
export function pairs(option: string, given: readonly string[] = []): Record<string, string> {
  const entries = given.map((one): [string, string] => {
    const at = one.indexOf('=');
    if (at <= 0) throw wrongUsage('pair', `${option} "${one}" has no "=": it looks like ${option} userId=customer_id.`);
    return [one.slice(0, at), one.slice(at + 1)];
  });
  const result = Object.fromEntries(entries);
  if (Object.keys(result).length < entries.length) throw wrongUsage('pair', `${option} names one target twice.`);
  return result;
}

export function wholeNumber(value: string): number {
  const number = Number(value.replaceAll(',', ''));
  if (!Number.isSafeInteger(number) || number < 0 || value.trim() === '')
    throw wrongUsage('number', `"${value}" is no whole number.`);
  return number;
}
