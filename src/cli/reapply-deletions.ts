import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Reapplied } from '../deletions/reapply.ts';
import { LetheError } from '../errors.ts';
import { readServerFile } from '../server-file.ts';
import { readSettings } from '../settings.ts';
import { does, withExamples } from './command.ts';
import { coloured } from './output.ts';
import { counted } from './text.ts';

export function addReapplyDeletions(program: Command): void {
  const reapply = program
    .command('reapply-deletions')
    .summary('after a restore, delete again whoever was deleted since the backup')
    .description(
      "After a backup was restored, delete again whoever was deleted since it was made: by bulk deletions, one by one, and by privacy requests. Reads the ledger of deletions, works on the database of this machine's settings, and proves it. Before the server is started.",
    )
    .option('--ledger <folder>', 'where the ledger is; the folder "ledger" of the data directory unless given');
  withExamples(reapply, [
    'LETHE_DATA_DIR=/srv/lethe-new lethe reapply-deletions --ledger /srv/lethe/ledger',
    'the ledger lies beside the database, in no backup of it',
  ]);
  does<{ ledger?: string }>(reapply, async ({ options, output }) => {
    const settings = readSettings();
    const { ledgerFolder } = await import('../deletions/ledger-file.ts');
    const folder = options.ledger ?? ledgerFolder(settings.dataDir);
    if (!existsSync(folder)) throw noLedger(folder);
    if (readServerFile(settings.dataDir)) throw serverRuns(settings.dataDir);
    const { reapplyDeletions } = await import('../deletions/reapply.ts');
    const { withLocalLethe } = await import('./local-database.ts');
    const datasets = await withLocalLethe(settings, (lethe) => reapplyDeletions(lethe, folder));
    output.result({ datasets }, datasets.map(reappliedText).join('\n') || 'There is no dataset here.');
  });
}

function reappliedText({ dataset, entries, identities, users, deletion }: Reapplied): string {
  const mark = coloured('green', '✓');
  if (entries === 0) return `${mark} ${dataset}: nothing was deleted since the backup.`;
  const since = `${counted(identities, 'identity', 'identities')} lost their users since the backup`;
  if (!deletion) return `${mark} ${dataset}: ${since}; the backup had brought none of them back.`;
  return `${mark} ${dataset}: ${since}; ${counted(users, 'user')} whom the backup had brought back are deleted again, and nothing of them is left (${deletion.id}).`;
}

function noLedger(folder: string): LetheError {
  return new LetheError(
    'notFound',
    'ledger.missing',
    `There is no ledger of deletions in ${folder}: say where it is with --ledger. It is in the folder "ledger" of the data directory that the server had before.`,
  );
}

function serverRuns(dataDir: string): LetheError {
  return new LetheError(
    'conflict',
    'server.running',
    `A Lethe is running with the data directory ${dataDir}: stop it first (lethe stop). A user who came back while it serves would be deleted as well.`,
  );
}
