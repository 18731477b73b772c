import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { LetheError, messageOf } from '../errors.ts';
import type { ImportAnswer } from './answers.ts';
import type { Client } from './client.ts';
import { type Call, does, pairs, repeatable, withDataset, withExamples } from './command.ts';
import { type ExitStatus, exitStatus, wrongUsage } from './exit-status.ts';
import { startProgress } from './progress.ts';
import { count, counted, duration } from './text.ts';

interface ImportOptions {
  kind: string;
  format?: 'csv' | 'ndjson';
  column?: string[];
  value?: string[];
  ignore?: string[];
  acceptRejected?: boolean;
}

export function addImport(program: Command): void {
  const command = withDataset(program.command('import'))
    .summary('import a CSV or NDJSON file')
    .description('Import a CSV or NDJSON file of any size, gzip or not. Exit status 1 when rows were rejected.')
    .argument('<file>', 'the file, or - for standard input')
    .addOption(new Option('--kind <kind>', 'what a row is').choices(['events', 'users']).default('events'))
    .addOption(new Option('--format <format>', 'in place of what the name says').choices(['csv', 'ndjson']))
    .option('--column <target=column>', 'take TARGET from this column; may be repeated', repeatable)
    .option('--value <target=text>', 'the same TARGET for every row; may be repeated', repeatable)
    .option('--ignore <column>', 'take nothing from this column, whatever its name; may be repeated', repeatable)
    .option('--accept-rejected', 'exit status 0 even when rows were rejected');
  withExamples(
    command,
    ['lethe import events.ndjson.gz --dataset shop', 'one tracking message a line'],
    [
      'lethe import purchases.csv --dataset shop --column userId=customer_id --column timestamp=date --column properties.revenue=dollars --value type=track --value event=Purchase',
      'any CSV: say which column is what',
    ],
    ['zcat customers.csv.gz | lethe import - --kind users --format csv --dataset shop', 'from another program'],
  );
  does<ImportOptions>(command, importFile);
}

async function importFile(call: Call<ImportOptions>): Promise<ExitStatus> {
  const {
    args: [file = ''],
    options,
    client,
    dataset,
    output,
  } = call;
  const source = await openSource(file, options.format);
  const { path } = await dataset();
  // Asked first: a server that refuses in the middle of a long upload could not say why.
  await client().get(`${path}/summary`);
  const begunAt = Date.now();
  const received = await upload(client(), `${path}/imports?${query(options)}`, source, output.json);
  const done = await followImport(client(), `${path}/imports/${received.id}`, {
    json: output.json,
    rowsExpected: source.gzip ? 0 : source.rows(),
  });
  output.result(done, importText(done, (Date.now() - begunAt) / 1000));
  if (done.state === 'failed')
    output.remark(`The import failed: ${done.failure?.detail ?? 'the log of the server says why'}`);
  if (done.rejected > 0) output.remark(rejectedText(done, `${client().url}${path}/imports/${done.id}/errors`));
  return done.state === 'failed' || (done.rejected > 0 && !options.acceptRejected)
    ? exitStatus.failed
    : exitStatus.done;
}

function query({ kind, column, value, ignore }: ImportOptions): string {
  const parameters = new URLSearchParams({ kind });
  if (column) parameters.set('map', JSON.stringify(pairs('--column', column)));
  if (value) parameters.set('values', JSON.stringify(pairs('--value', value)));
  if (ignore) parameters.set('ignore', JSON.stringify(ignore));
  return parameters.toString();
}

interface Source {
  stream: Readable;
  format: 'csv' | 'ndjson';
  gzip: boolean;
  /** Size in bytes; 0 when unknown. */
  size: number;
  /** Lines that went by so far; not exact for CSV with line breaks in cells, which does for a bar. */
  rows(): number;
  /** Bytes that went by so far. */
  bytes(): number;
}

async function openSource(file: string, format?: 'csv' | 'ndjson'): Promise<Source> {
  const known = format ?? formatOf(file);
  if (file === '-') return counting(process.stdin, { format: known, gzip: false, size: 0 });
  try {
    const handle = await open(file);
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    await handle.close();
    const gzip = buffer[0] === 0x1f && buffer[1] === 0x8b;
    return counting(createReadStream(file, { highWaterMark: 256 * 1024 }), { format: known, gzip, size });
  } catch (error) {
    throw new LetheError('notFound', 'file.unreadable', `${file} cannot be read: ${messageOf(error)}.`);
  }
}

function formatOf(file: string): 'csv' | 'ndjson' {
  const name = file.toLowerCase().replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return 'csv';
  if (/\.(ndjson|jsonl)$/.test(name)) return 'ndjson';
  throw wrongUsage('format', `Say what ${file === '-' ? 'standard input' : file} is: --format csv or --format ndjson.`);
}

function counting(stream: Readable, facts: { format: 'csv' | 'ndjson'; gzip: boolean; size: number }): Source {
  const headerLines = facts.format === 'csv' ? 1 : 0;
  let lines = 0;
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (!facts.gzip) for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
      done(null, chunk);
    },
  });
  stream.on('error', (error) => counter.destroy(error));
  return { ...facts, stream: stream.pipe(counter), rows: () => lines - headerLines, bytes: () => bytes };
}

async function upload(client: Client, path: string, source: Source, json: boolean): Promise<ImportAnswer> {
  const progress = startProgress('Uploading', source.size, { json, show: megabytes });
  const timer = setInterval(() => progress.at(source.bytes()), 200);
  try {
    const headers = {
      'content-type': source.format === 'csv' ? 'text/csv' : 'application/x-ndjson',
      ...(source.gzip ? { 'content-encoding': 'gzip' } : {}),
    };
    const body = Readable.toWeb(source.stream) as ReadableStream<Uint8Array>;
    const received = await client.upload<ImportAnswer>(path, { body, headers });
    progress.at(source.bytes());
    return received;
  } finally {
    clearInterval(timer);
    progress.end();
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Waits for the end of an import, also over a restart of the server. `rowsExpected`: 0 when nobody knows. */
export async function followImport(
  client: Client,
  path: string,
  { json, rowsExpected }: { json: boolean; rowsExpected: number },
): Promise<ImportAnswer> {
  const progress = startProgress('Importing', rowsExpected, { json });
  const begunAt = Date.now();
  try {
    for (;;) {
      const now = await client.get<ImportAnswer>(path).catch((error: unknown) => {
        if (error instanceof LetheError && (error.kind === 'away' || error.kind === 'busy')) return undefined;
        throw error;
      });
      if (now) {
        const rate = now.rows / Math.max(0.001, (Date.now() - begunAt) / 1000);
        progress.at(now.rows, `${count(rate)} rows/s`, Math.max(rowsExpected, now.rows));
        if (now.state === 'completed' || now.state === 'failed') return now;
      }
      await sleep(now ? 150 : 1_000);
    }
  } finally {
    progress.end();
  }
}

function importText(done: ImportAnswer, seconds: number): string {
  const ignored = done.ignoredColumns.length > 0 ? `\nColumns left aside: ${done.ignoredColumns.join(', ')}` : '';
  const rejected = done.rejected > 0 ? `, ${count(done.rejected)} rejected` : '';
  return `Imported ${count(done.accepted)} of ${counted(done.rows, 'row')}${rejected}, in ${duration(seconds)} (import ${done.id}).${ignored}`;
}

const errorsShownMax = 10;

function rejectedText(done: ImportAnswer, errorsUrl: string): string {
  const shown = done.errors.slice(0, errorsShownMax).map(({ line, detail }) => `  line ${count(line)}: ${detail}`);
  const more = done.rejected > shown.length ? [`  … and ${count(done.rejected - shown.length)} more`] : [];
  return ['Rejected:', ...shown, ...more, `The whole list as CSV: ${errorsUrl}`].join('\n');
}
