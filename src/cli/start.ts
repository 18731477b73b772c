import type { Command } from 'commander';
import { buildConsole } from '../console.ts';
import { messageOf } from '../errors.ts';
import { watchParent } from '../parent-watch.ts';
import { readSettings } from '../settings.ts';
import { does, withExamples } from './command.ts';
import { facts } from './text.ts';

export function addStart(program: Command): void {
  const start = program
    .command('start')
    .summary('run a server here')
    .description(
      'Run a server here until it is stopped (Ctrl-C, SIGTERM, "lethe stop"). Prints its address when it is ready.',
    )
    .option('--with-parent', 'stop when the process that started it is gone');
  withExamples(
    start,
    ['lethe start', 'on http://127.0.0.1:8080, with everything in ./data and a database of its own'],
    ['LETHE_PORT=0 LETHE_DATA_DIR=/srv/lethe lethe start', 'on a free port, with everything in /srv/lethe'],
    ['LETHE_DATABASE_URL=postgres://… lethe start', 'on a PostgreSQL 15 or newer of yours'],
  );
  does<{ withParent?: boolean }>(start, async ({ options, output }) => {
    const stopping = untilToldToStop(options.withParent === true);
    // A wrong setting is said before anything is done.
    readSettings();
    await haveConsole();
    const { startLethe } = await import('../main.ts');
    const server = await startLethe();
    const { url, firstAdministrator } = server;
    const text = [`Lethe is ready at ${url}`];
    if (firstAdministrator) {
      const { email, oneTimePassword } = firstAdministrator;
      const password = oneTimePassword
        ? `${oneTimePassword}  (one time only; shown only now)`
        : 'as in LETHE_ADMIN_PASSWORD';
      const signIn = facts([
        ['E-mail', email],
        ['Password', password],
      ]);
      text.push('', 'Sign in as the first administrator:', signIn);
    }
    output.result({ url, pid: process.pid, firstAdministrator: firstAdministrator ?? null }, text.join('\n'));
    await stopping;
    await server.stop();
    process.exit(0);
  });
}

/** Builds the console where it is missing or old. Without it the rest of Lethe works as ever, so a failure is no reason not to start. */
async function haveConsole(): Promise<void> {
  const say = (line: string) => process.stderr.write(`lethe: ${line}\n`);
  await buildConsole(() => say('building the console (once, usually a few seconds)')).catch((error: unknown) =>
    say(messageOf(error)),
  );
}

/** Resolves at the first SIGTERM or SIGINT, or when the npm (or whoever else is watched) above is gone. A second Ctrl-C ends at once. */
function untilToldToStop(withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGTERM', () => resolve());
    process.once('SIGINT', () => {
      resolve();
      process.once('SIGINT', () => process.exit(1));
    });
    watchParent(resolve);
    if (!withParent) return;
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, 500).unref();
  });
}
