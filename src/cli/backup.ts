import { realpathSync } from 'node:fs';
import type { Command } from 'commander';
import { LetheError } from '../errors.ts';
import { readSettings } from '../settings.ts';
import { does, withExamples } from './command.ts';
import { amount, moment } from './text.ts';

export function addBackup(program: Command): void {
  const backup = program
    .command('backup')
    .summary('copy the database of a data directory into one file')
    .description(
      'Copy the embedded database of a data directory (LETHE_DATA_DIR) into one file while the server serves. It holds everything that was committed when the copying ended, personal data and keys included: keep it as safe as the server.',
    )
    .argument('<file>', 'the file to make; refused when it is there');
  withExamples(backup, ['LETHE_DATA_DIR=/srv/lethe lethe backup /backups/lethe-monday.tar.gz', 'the server goes on']);
  does(backup, async ({ args: [file = ''], output }) => {
    const { dataDir, databaseUrl } = readSettings();
    if (databaseUrl) throw notEmbedded('backed up');
    const { backUpCluster } = await import('../database/embedded/back-up.ts');
    const { withLocalServer } = await import('./local-database.ts');
    const made = await withLocalServer({ dataDir, databaseUrl }, () =>
      backUpCluster(realpathSync(dataDir), file, new Date()),
    );
    output.result({ file, ...made }, `Backed up ${amount(made.bytes / 1_000_000)} MB to ${file}.`);
  });

  const restore = program
    .command('restore')
    .summary('put a backup into an empty data directory')
    .description(
      'Put a backup into a data directory (LETHE_DATA_DIR) that holds no database yet. Afterwards start the server there.',
    )
    .argument('<file>', 'a file that "lethe backup" made');
  withExamples(restore, [
    'LETHE_DATA_DIR=/srv/lethe-new lethe restore /backups/lethe-monday.tar.gz',
    'then: lethe start',
  ]);
  does(restore, async ({ args: [file = ''], output }) => {
    const { dataDir, databaseUrl } = readSettings();
    if (databaseUrl) throw notEmbedded('restored');
    const { restoreCluster } = await import('../database/embedded/restore.ts');
    const { madeAt, lethe } = await restoreCluster(dataDir, file);
    output.result(
      { dataDir, madeAt, lethe },
      `Restored the backup of ${moment(madeAt)} into ${dataDir}. Start it with: lethe start`,
    );
  });
}

function notEmbedded(done: string): LetheError {
  return new LetheError(
    'conflict',
    'database.not_embedded',
    `LETHE_DATABASE_URL is set: a PostgreSQL of yours is ${done} with its own means (pg_basebackup, pg_dump). See "Backup" in the documentation.`,
  );
}
