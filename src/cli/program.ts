import { Command, type Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { addBackup } from './backup.ts';
import { addCheck } from './check.ts';
import { addDatasets } from './datasets.ts';
import { addDeleteUsers } from './delete-users.ts';
import { addDeletions } from './deletions.ts';
import { addDemo } from './demo.ts';
import { addImport } from './import.ts';
import { addLogin } from './login.ts';
import { addMembers } from './members.ts';
import { addReapplyDeletions } from './reapply-deletions.ts';
import { addSegments } from './segments.ts';
import { addSettings } from './settings.ts';
import { addStart } from './start.ts';
import { addStop } from './stop.ts';
import { addTokens } from './tokens.ts';
import { addUsers } from './users.ts';
import { addVerifyReceipt } from './verify-receipt.ts';

const about = `Self-hosted personalization that can forget: profiles, real-time segments, and provable bulk deletion.

Commands talk to the server at LETHE_URL, else the one of "lethe login", else that of LETHE_DATA_DIR, else http://127.0.0.1:8080; as LETHE_TOKEN=keyId:secret, else as whoever signed in with "lethe login".`;

const afterHelp = `
Every command takes --json (one JSON document on standard output) and --help (with examples).

Exit status:
  0  done
  1  failed
  2  wrong usage
  3  refused: not signed in, not permitted, no consent, or something is in the way`;

/** Every command, with its options and its help. */
export function createProgram(): Command {
  const program = new Command('lethe')
    .description(about)
    .version(packageJson.version, '-V, --version', 'show the version')
    .option('--json', 'print one JSON document in place of text')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('afterAll', afterHelp)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false, visibleGlobalOptions })
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  program.commandsGroup('Run a server:');
  for (const add of [addStart, addStop, addDemo, addSettings, addCheck, addBackup]) add(program);
  program.commandsGroup('Work with it:');
  for (const add of [addLogin, addDatasets, addImport, addSegments, addUsers]) add(program);
  program.commandsGroup('Delete every user of a segment, provably:');
  for (const add of [addDeleteUsers, addDeletions, addVerifyReceipt, addReapplyDeletions]) add(program);
  program.commandsGroup('Who may do what:');
  for (const add of [addMembers, addTokens]) add(program);
  program.commandsGroup('More:').helpCommand('help [command]', 'show the help of a command, with examples');
  return program;
}

/** The options of `lethe` itself. A group's own, such as --show-disabled of "segments", mean nothing to the commands below it. */
function visibleGlobalOptions(command: Command): Option[] {
  let root = command;
  while (root.parent) root = root.parent;
  return root === command ? [] : [...root.options];
}
