import { destination, type Logger, pino } from 'pino';
import type { Settings } from './settings.ts';

/** One JSON document a line on standard error: standard output belongs to what the command says to people. */
export function openLog(level: Settings['logLevel']): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination({ dest: 2, sync: true }));
}
