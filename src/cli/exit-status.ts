import { CommanderError } from 'commander';
import { LetheError } from '../errors.ts';

/** What every command ends with; `lethe --help` says the same. */
export const exitStatus = { done: 0, failed: 1, usage: 2, refused: 3 } as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** A command line that cannot be acted on. The message says what would be right. */
export function wrongUsage(code: string, message: string): LetheError {
  return new LetheError('unreadable', `usage.${code}`, message);
}

/** Refused: no valid sign-in, not enough permission, no consent, or a state of things that forbids it. */
const refusals: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden', 'conflict']);

export function exitStatusOf(error: unknown): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.usage;
  if (!(error instanceof LetheError)) return exitStatus.failed;
  if (error.code.startsWith('usage.')) return exitStatus.usage;
  return refusals.has(error.kind) ? exitStatus.refused : exitStatus.failed;
}
