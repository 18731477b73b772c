import { basename } from 'node:path';
import { processFacts } from './processes.ts';

/** How often is looked, in milliseconds. */
const lookEveryMs = 500;

/**
 * Notices within about a second that the npm that started this process is gone, and calls `onGone` once. npm passes on some
 * signals at best and cannot pass on SIGKILL, and whoever stops "npm start" means the server. Does nothing when there is no npm
 * above this process. Returns a function that ends the watch.
 *
 * A server that is meant to outlive the npm command that started it must be started without `npm_lifecycle_event`.
 */
export function watchParent(onGone: () => void, env: NodeJS.ProcessEnv = process.env): () => void {
  const above = env.npm_lifecycle_event === undefined ? [] : upToNpm();
  if (above.length === 0) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && above.every(isStill)) return;
    clearInterval(timer);
    onGone();
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

interface Ancestor {
  pid: number;
  identity: string;
}

/**
 * The processes from the parent up to the topmost npm, nearest first; empty when there is no npm. Seen with npm 11: npm runs
 * `sh -c "<script>"`; a last command started with `exec` takes the shell's place and has npm as its parent, any other leaves the
 * shell in between, which survives npm when that is killed. One npm may have run another.
 */
function upToNpm(): Ancestor[] {
  const chain: Ancestor[] = [];
  let length = 0;
  for (let pid = process.ppid, facts = processFacts(pid); facts; pid = facts.parent, facts = processFacts(pid)) {
    const npm = isNpm(facts.command);
    if (!npm && !isShell(facts.command)) break;
    chain.push({ pid, identity: facts.identity });
    if (npm) length = chain.length;
  }
  return chain.slice(0, length);
}

function isStill({ pid, identity }: Ancestor): boolean {
  return processFacts(pid)?.identity === identity;
}

function isShell([program = '']: string[]): boolean {
  // A login shell calls itself "-sh".
  return /^-?(ba|da|a|z|k)?sh$/.test(basename(program)) || basename(program) === 'busybox';
}

/** npm calls itself by its command ("npm start"); before it has, and for its relatives, the script that runs tells it. */
function isNpm([program = '', script = '']: string[]): boolean {
  return /^(npm|npx|pnpm|yarn)\b/.test(basename(program)) || /^(npm|npx|pnpm|yarn)\b/.test(basename(script));
}
