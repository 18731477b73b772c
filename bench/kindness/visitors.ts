import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { PhaseAnswers, Visitors } from './generator.ts';

export interface RunningVisitors {
  /** Requests that are due from now on belong to this phase. */
  enter(phase: string): void;
  /**
   * Ends them; the answers by phase. Throws when one of them was an error: of such answers, times would be worth nothing.
   */
  stop(): Promise<Record<string, PhaseAnswers>>;
}

/** Starts looking up and sending, in a process of its own. */
export function startVisitors(visitors: Visitors): RunningVisitors {
  const child = fork(new URL('generator.ts', import.meta.url), [JSON.stringify(visitors)]);
  const ended = Promise.race([
    once(child, 'message').then(([message]) => message as Record<string, PhaseAnswers>),
    once(child, 'exit').then(([code]): never => {
      throw new Error(`the load generator ended with ${code}`);
    }),
  ]);
  // Whoever stops them hears of it.
  ended.catch(() => {});
  return {
    enter: (phase) => void child.send({ phase }),
    stop: async () => {
      child.send({ isOver: true });
      const phases = await ended;
      for (const [name, { lookUps, events }] of Object.entries(phases)) {
        const failures = [...lookUps.failures, ...events.failures];
        if (failures.length > 0) throw new Error(`errors in the phase ${name}: ${failures.join('; ')}`);
      }
      return phases;
    },
  };
}
