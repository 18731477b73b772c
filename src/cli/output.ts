import { styleText } from 'node:util';
import { LetheError, messageOf } from '../errors.ts';

/**
 * Where a command speaks. With `--json` the standard output holds exactly one JSON document and nothing else; otherwise it holds
 * text for people. Errors and progress go to the standard error.
 */
export interface Output {
  readonly json: boolean;
  /** A line or more for people; nothing with `--json`. */
  say(text: string): void;
  /** What the command found out or did: the document with `--json`, else the text. Once a command. */
  result(document: unknown, text: string): void;
  /** A remark beside the result, on the standard error; nothing with `--json`. */
  remark(text: string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    say: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    result: (document, text) => {
      process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${text}\n`);
    },
    remark: (text) => {
      if (!json) process.stderr.write(`${text}\n`);
    },
  };
}

type Colour = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** Coloured on a terminal, plain in files, pipes and with NO_COLOR. */
export function coloured(colour: Colour, text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}

/** Says on the standard error what went wrong and what to do; with `--json` the standard output holds it as well. */
export function reportError(error: unknown, json: boolean): void {
  const message = messageOf(error).trim() || 'Something went wrong that gave no reason.';
  process.stderr.write(`${styleText('red', 'lethe:', { stream: process.stderr })} ${message}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ error: describe(error, message) }, null, 2)}\n`);
}

function describe(error: unknown, message: string): Record<string, unknown> {
  if (!(error instanceof LetheError)) return { code: 'failed', detail: message };
  const { errors, members } = error.extras;
  return { code: error.code, detail: message, ...members, ...(errors ? { errors } : {}) };
}
