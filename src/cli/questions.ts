import { confirm, isCancel, password, text } from '@clack/prompts';
import { LetheError } from '../errors.ts';

/** Whether somebody is there to be asked and sees the question. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Questions go to the standard error, so that standard output holds the result alone. */
const output = process.stderr;

export async function askText(message: string, validate?: (value: string) => string | undefined): Promise<string> {
  return given(await text({ message, output, validate: (value) => validate?.(value ?? '') }));
}

export async function askSecret(message: string): Promise<string> {
  return given(await password({ message, output }));
}

/** Starts at No. */
export async function askYes(message: string): Promise<boolean> {
  return given(await confirm({ message, output, initialValue: false }));
}

/** Esc or Ctrl-C in a question: nothing has been done. */
function given<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw notConfirmed();
  return answer as Exclude<T, symbol>;
}

export function notConfirmed(): LetheError {
  return new LetheError('conflict', 'consent.missing', 'Cancelled; nothing was changed.');
}
