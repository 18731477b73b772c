import type { Command } from 'commander';
import type { DatasetAnswer, OrphansAnswer } from './answers.ts';
import type { Finding } from './check-installation.ts';
import { type Call, does, withExamples } from './command.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { coloured } from './output.ts';
import { count, counted, inWords } from './text.ts';

export function addCheck(program: Command): void {
  const check = program
    .command('check')
    .summary('check the installation on this machine')
    .description(
      'Check the installation on this machine: settings, database, permissions, disk, versions. Exit status 1 when something is wrong.',
    )
    .option('--orphans', 'instead, let the server look through every dataset for rows that belong to no user');
  withExamples(
    check,
    ['LETHE_DATA_DIR=/srv/lethe lethe check', 'with or without a running server'],
    ['lethe check --orphans', 'what a bulk deletion must never leave behind'],
  );
  does<{ orphans?: boolean }>(check, (call) => (call.options.orphans ? checkOrphans(call) : checkInstallation(call)));
}

async function checkInstallation({ output }: Call<object>): Promise<ExitStatus> {
  const { inspectInstallation } = await import('./check-installation.ts');
  const findings = await inspectInstallation();
  const wrong = findings.filter(({ state }) => state === 'wrong').length;
  const verdict = wrong === 0 ? 'Nothing is wrong.' : `${counted(wrong, 'thing')} wrong.`;
  output.result({ ok: wrong === 0, findings }, [...findings.map(line), '', verdict].join('\n'));
  return wrong === 0 ? exitStatus.done : exitStatus.failed;
}

function line({ state, about, detail }: Finding): string {
  const mark = { ok: coloured('green', '✓'), warning: coloured('yellow', '!'), wrong: coloured('red', '✗') }[state];
  return `${mark} ${about.padEnd(20)} ${detail}`;
}

async function checkOrphans({ client, output }: Call<object>): Promise<ExitStatus> {
  const datasets: OrphansAnswer[] = [];
  for await (const { id } of client().list<DatasetAnswer>('/api/datasets'))
    datasets.push(await client().get<OrphansAnswer>(`/api/dataset/${encodeURIComponent(id)}/check/orphans`));
  const clean = datasets.every((dataset) => dataset.clean);
  output.result({ clean, datasets }, datasets.map(orphansText).join('\n') || 'There is no dataset within reach.');
  return clean ? exitStatus.done : exitStatus.failed;
}

/** One line about one dataset: clean, or what was found where. */
export function orphansText(answer: OrphansAnswer): string {
  const { dataset, clean, rowsWithoutProfile, profilesWithoutIdentity, workList } = answer;
  const running = workList
    ? ` (${counted(workList.rows, 'row')} on the work list of the running deletion ${workList.job})`
    : '';
  const places = Object.keys(rowsWithoutProfile).map(inWords).join(', ');
  if (clean)
    return `${coloured('green', '✓')} ${dataset}: no row without a user in ${places}; no user without an identity${running}.`;
  const found = Object.entries(rowsWithoutProfile).filter(([, rows]) => rows > 0);
  const rows = found.map(([place, number]) => `${count(number)} ${inWords(place)} without a user`);
  if (profilesWithoutIdentity > 0) rows.push(`${counted(profilesWithoutIdentity, 'user')} without an identity`);
  return `${coloured('red', '✗')} ${dataset}: ${rows.join(', ')}${running}.`;
}
