import { useSyncExternalStore } from 'react';

const stepMs = 20_000;

/** One clock for everything on the page that says how long ago something was. */
const clock = {
  now: Date.now(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
  listeners: new Set<() => void>(),
};

/** The moment, in epoch milliseconds, anew every 20 seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => clock.now);
}

function subscribe(listener: () => void): () => void {
  clock.listeners.add(listener);
  if (clock.timer === undefined) {
    clock.now = Date.now();
    clock.timer = setInterval(tick, stepMs);
  }
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size > 0) return;
    clearInterval(clock.timer);
    clock.timer = undefined;
  };
}

function tick(): void {
  clock.now = Date.now();
  for (const listener of clock.listeners) listener();
}
