import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { LetheError } from '../errors.ts';
import type { JobAnswer, PreviewAnswer } from './answers.ts';
import { type Call, does, wholeNumber, withDataset, withExamples } from './command.ts';
import { completedText, previewText } from './deletion-text.ts';
import { wrongUsage } from './exit-status.ts';
import { findSegment } from './find-segment.ts';
import { askText, askYes, canAsk, notConfirmed } from './questions.ts';
import { counted } from './text.ts';
import { watchJob } from './watch-job.ts';

interface DeleteUsersOptions {
  preview?: boolean;
  expect?: number;
  yes?: boolean;
  /** Undefined: as the server is set. */
  scrub?: boolean;
}

export function addDeleteUsers(program: Command): void {
  const command = withDataset(program.command('delete-users'))
    .summary('delete all users in a segment, for good')
    .description(
      'Delete all users in a segment: permanently, with everything they own, and proven. Shows what will go, asks ' +
        'for your consent and the exact number of users, shows the progress, ends with the proof. Administrators only.',
    )
    .argument('<segment>', 'id or exact name of the segment')
    .option('--preview', 'only show what would go; changes nothing')
    .option('--expect <number>', 'the exact number of users, in place of the question for it', wholeNumber)
    .option('--scrub', 'besides, leave no byte of them in the files of the database; takes longer')
    .option('--no-scrub', 'without that, where LETHE_ERASURE=scrub makes it the default')
    .option('--yes', 'consent without a question: permanent, unrecoverable, cannot be stopped');
  withExamples(
    command,
    ['lethe delete-users "Gone since 1998" --dataset shop', 'asks before anything happens'],
    ['lethe delete-users a1B2c --dataset shop --preview', 'what would go'],
    [
      'lethe delete-users a1B2c --dataset shop --expect 18196 --yes',
      'without a terminal; refused when the number has changed',
    ],
  );
  does<DeleteUsersOptions>(command, deleteUsers);
}

async function deleteUsers(call: Call<DeleteUsersOptions>): Promise<void> {
  const {
    args: [wanted = ''],
    options,
    client,
    dataset,
    output,
  } = call;
  const mayAsk = canAsk() && !output.json;
  if (!options.preview && !mayAsk && (options.expect === undefined || !options.yes)) {
    throw wrongUsage(
      'consent',
      'Without a terminal (and with --json) nothing can be asked: add --expect N --yes, where N is the exact number of users. "--preview" shows it.',
    );
  }
  const { id: datasetId, path } = await dataset();
  const segment = await findSegment(client(), path, wanted);
  const preview = await client().get<PreviewAnswer>(`${path}/segments/${segment.id}/deletion-preview`);
  // What is shown is what is asked for, also where the server's default changes meanwhile.
  if (options.scrub !== undefined) preview.erasure = options.scrub ? 'scrub' : 'standard';
  if (options.preview) return output.result(preview, previewText(segment, preview));
  output.say(previewText(segment, preview));
  const expectedUsers = await consent(options, preview);
  const body = { consent: true, expectedUsers, erasure: preview.erasure };
  const job = await start(call, `${path}/segments/${segment.id}/deletions`, body);
  output.say(
    `\nStarted the deletion ${job.id} of ${counted(job.users, 'user')}. It goes on by itself, whatever happens here.`,
  );
  const done = await watchJob(client(), `${path}/deletions/${job.id}`, output);
  output.result(done, completedText(done, datasetId, segment.id));
}

/** The tick and the exact number of users, each from the command line or by a question. Returns the number. */
async function consent({ yes, expect }: DeleteUsersOptions, { users }: PreviewAnswer): Promise<number> {
  if (users === 0)
    throw new LetheError(
      'conflict',
      'deletion.nothing_to_delete',
      'The segment has no users: there is nothing to delete.',
    );
  if (!yes && !(await askYes('I understand that these users will be permanently deleted.'))) throw notConfirmed();
  if (expect !== undefined) return expect;
  await askText('Type the number of users to confirm', (typed) => {
    const number = Number(typed.replaceAll(/[,\s]/g, '') || Number.NaN);
    return number === users ? undefined : 'That is not the number of users above.';
  });
  return users;
}

async function start(call: Call<DeleteUsersOptions>, path: string, body: object): Promise<JobAnswer> {
  try {
    return await call.client().send<JobAnswer>('POST', path, body, { idempotencyKey: randomUUID() });
  } catch (error) {
    throw error instanceof LetheError && error.code === 'deletion.already_running' ? runningAlready(error) : error;
  }
}

function runningAlready(error: LetheError): LetheError {
  const { job } = (error.extras.members ?? {}) as { job?: { id: string } };
  const watch = job ? ` Watch it: lethe deletions watch ${job.id}` : '';
  return new LetheError(error.kind, error.code, `${error.message}${watch}`, error.extras);
}
