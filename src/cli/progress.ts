import progressBars from 'cli-progress';
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
  const one = new progressBars.SingleBar(
    {
      stream: process.stderr,
      hideCursor: false,
      // Ctrl-C belongs to the command, which knows what must be said or cleaned up; so no mode of the terminal is changed
      // that somebody would have to change back, and the line is cut where it would wrap.
      gracefulExit: false,
      linewrap: true,
      barsize: 30,
      format: (options, { progress }, { figures }: { figures: string }) => {
        const percent = String(Math.floor(progress * 100)).padStart(3);
        const line = `  ${label.padEnd(labelWidth)} ${progressBars.Format.BarFormat(progress, options)} ${percent} %  ${figures}`;
        return line.slice(0, (process.stderr.columns || 80) - 1);
      },
      fps: 10,
    },
    progressBars.Presets.shades_classic,
  );
  const figures = (done: number, all: number, note: string) => ({
    figures: `${show(done)}${all > 0 ? ` of ${show(all)}` : ''}  ${note}`,
  });
  let all = total;
  one.start(Math.max(total, 1), 0, figures(0, total, ''));
  return {
    at(done, note = '', newTotal = all) {
      all = newTotal;
      one.setTotal(Math.max(all, 1));
      one.update(Math.min(done, all), figures(done, all, note));
    },
    end: () => one.stop(),
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
      process.stderr.write(`${label}: ${show(done)}${all > 0 ? ` of ${show(all)}` : ''}${note ? ` · ${note}` : ''}\n`);
    },
    end: () => {},
  };
}
