import type { Command } from 'commander';
import { writeFileDurably } from '../files.ts';
import type { JobAnswer } from './answers.ts';
import { does, withDataset, withExamples } from './command.ts';
import { completedText, jobText, stateText } from './deletion-text.ts';
import { count, moment, table } from './text.ts';
import { watchJob } from './watch-job.ts';

export function addDeletions(program: Command): void {
  const deletions = withDataset(program.command('deletions'))
    .summary('list and watch bulk deletions, fetch receipts')
    .description('List the bulk deletions of a dataset, watch a running one, fetch the receipt of a completed one.');
  withExamples(
    deletions,
    ['lethe deletions --dataset shop', 'all of them, the newest first'],
    ['lethe deletions watch del_8hQ2 --dataset shop', 'until it is completed'],
    ['lethe deletions receipt del_8hQ2 --dataset shop --output receipt.jws', 'the signed receipt'],
  );
  does(deletions, async ({ client, dataset, output }) => {
    const items: JobAnswer[] = [];
    for await (const item of client().list<JobAnswer>(`${(await dataset()).path}/deletions`)) items.push(item);
    const rows = items.map((job) => [
      job.id,
      job.segment.name,
      count(job.deleted),
      count(job.users),
      stateText(job),
      moment(job.startedAt),
      job.requestedBy.name,
    ]);
    const right = (title: string) => ({ title, align: 'right' }) as const;
    const columns = ['Deletion', 'Segment', right('Deleted'), right('Users'), 'State', 'Started', 'By'];
    output.result(
      { items },
      items.length ? table(columns, rows) : 'No bulk deletion has been started in this dataset.',
    );
  });
  addShow(deletions);
  addWatch(deletions);
  addReceipt(deletions);
}

const jobHelp = 'id of the deletion, from "lethe deletions"';

function addShow(deletions: Command): void {
  const show = withDataset(deletions.command('show'))
    .description('Show one deletion as it stands.')
    .argument('<job>', jobHelp);
  does(show, async ({ args: [id = ''], client, dataset, output }) => {
    const job = await client().get<JobAnswer>(`${(await dataset()).path}/deletions/${encodeURIComponent(id)}`);
    output.result(job, jobText(job));
  });
}

function addWatch(deletions: Command): void {
  const watch = withDataset(deletions.command('watch'))
    .description('Show how a deletion goes until it is completed. Ctrl-C ends the watching, never the deletion.')
    .argument('<job>', jobHelp);
  does(watch, async ({ args: [id = ''], client, dataset, output }) => {
    const { id: datasetId, path } = await dataset();
    const job = await watchJob(client(), `${path}/deletions/${encodeURIComponent(id)}`, output);
    output.result(job, completedText(job, datasetId, job.segment.id));
  });
}

function addReceipt(deletions: Command): void {
  const receipt = withDataset(deletions.command('receipt'))
    .description('Fetch the signed receipt of a completed deletion. To verify it: lethe verify-receipt --help.')
    .argument('<job>', jobHelp)
    .option('--output <file>', 'write it to a file; without it, to standard output');
  does<{ output?: string }>(receipt, async ({ args: [id = ''], options, client, dataset, output }) => {
    const path = `${(await dataset()).path}/deletions/${encodeURIComponent(id)}/receipt`;
    const text = (await client().text(path)).trimEnd();
    if (options.output === undefined) return output.result({ job: id, receipt: text }, text);
    writeFileDurably(options.output, `${text}\n`);
    const how = `Verify it with: lethe verify-receipt ${options.output} --keys jwks.json (from ${client().url}/.well-known/jwks.json)`;
    output.result({ job: id, receipt: text, file: options.output }, `Wrote the receipt to ${options.output}.\n${how}`);
  });
}
