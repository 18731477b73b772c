import { MultiBar, Presets } from 'cli-progress';
import { count } from './text.ts';

/** One thing that takes a while, from nothing to its total. */
export interface Progress {
  /** `done` of the total; `note` is written behind it. The total may become known, or change, on the way. */
  at(done: number, note?: string, total?: number): void;
  /** Takes the bar away at the end, whether it came to its end or not. */
  end(): void;
}

const plainLineEveryMs = 5_000;
const labelWidth = 22;

/**
 * A bar on the standard error when that is a terminal; otherwise a plain line every few seconds; nothing with `--json`.
 * Numbers are written by `show`, `count` unless given.
 */
export function startProgress(
  label: string,
  total: number,
  { json, show = count }: { json: boolean; show?: (value: number) => string },
): Progress {
  if (json) return { at: () => {}, end: () => {} };
  return process.stderr.isTTY ? bar(label, total, show) : plainLines(label, total, show);
}

function bar(label: string, total: number, show: (value: number) => string): Progress {
  const bars = new MultiBar(
    {
      stream: process.stderr,
      hideCursor: false,
      // Ctrl-C belongs to the command, which knows what must be said or cleaned up.
      gracefulExit: false,
      barsize: 30,
      format: `  ${label.padEnd(labelWidth)} {bar} {share} %  {done} of {all}  {note}`,
      fps: 10,
    },
    Presets.shades_classic,
  );
  const payload = (done: number, all: number, note: string) => ({
    done: show(done),
    all: show(all),
    note,
    share: String(all === 0 ? 0 : Math.floor((Math.min(done, all) / all) * 100)).padStart(3),
  });
  const one = bars.create(Math.max(total, 1), 0, payload(0, total, ''));
  let all = total;
  return {
    at(done, note = '', newTotal = all) {
      all = newTotal;
      one.setTotal(Math.max(all, 1));
      one.update(Math.min(done, all), payload(done, all, note));
    },
    end: () => bars.stop(),
  };
}

function plainLines(label: string, total: number, show: (value: number) => string): Progress {
  let saidAt = Date.now();
  let all = total;
  return {
    at(done, note = '', newTotal = all) {
      all = newTotal;
      if (Date.now() - saidAt < plainLineEveryMs) return;
      saidAt = Date.now();
      process.stderr.write(`${label}: ${show(done)} of ${show(all)}${note ? ` · ${note}` : ''}\n`);
    },
    end: () => {},
  };
}
