import { CommanderError } from 'commander';
import { exitStatusOf, wrongUsage } from './exit-status.ts';
import { reportError } from './output.ts';
import { createProgram } from './program.ts';

// Whoever reads the output may have seen enough, as `head` has. A server goes on all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (process.argv[2] !== 'start') process.exit(0);
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
