import { writeSync } from 'node:fs';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { Settings } from './settings.ts';

const standardError = 2;

/**
 * The log, on standard error: standard output belongs to what the command says to people. One JSON document a line for programs
 * that collect logs, one plain line for somebody who looks at a terminal.
 */
export function openLog(level: Settings['logLevel'], { atTerminal = process.stderr.isTTY } = {}): Logger {
  const stream: DestinationStream = atTerminal
    ? { write: (line) => void writeSync(standardError, plainLine(line)) }
    : destination({ dest: standardError, sync: true });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

/** `22:46:10 warn database.restarted pid=25316`; the time is UTC. */
export function plainLine(json: string): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as { level: number; time: string; msg: string };
  const told = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const severity = pino.levels.labels[level] ?? String(level);
  return `${[time.slice(11, 19), ...(severity === 'info' ? [] : [severity]), msg, ...told].join(' ')}\n`;
}
