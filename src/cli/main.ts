import { CommanderError } from 'commander';
import { exitStatusOf, wrongUsage } from './exit-status.ts';
import { reportError } from './output.ts';
import { createProgram } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A server has more to do than to say so.
  if (process.argv[2] === 'start') return;
  // Whoever reads the output has seen enough, as `head` may have: other programs end of SIGPIPE then, and a shell says 141.
  if (error.code === 'EPIPE') process.exit(141);
  reportError(new Error(`The output cannot be written: ${error.message}`), false);
  process.exit(1);
});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  const options = process.argv.slice(2, process.argv.includes('--') ? process.argv.indexOf('--') : undefined);
  report(error, options.includes('--json'));
  process.exitCode = exitStatusOf(error);
}

function report(error: unknown, json: boolean): void {
  if (!(error instanceof CommanderError)) {
    reportError(error, json);
    return;
  }
  // Help and version were what was asked for; a bare "lethe" has shown the help.
  if (error.exitCode === 0 || error.code === 'commander.help') return;
  const said = error.message.replace(/^error: /, '').replace(/^./, (first) => first.toUpperCase());
  reportError(wrongUsage('syntax', `${said}${/[.)]$/.test(said) ? '' : '.'} See "lethe --help".`), json);
}
