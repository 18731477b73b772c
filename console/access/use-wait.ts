import { useEffect, useState } from 'react';
import { Problem } from '../api/problem.ts';

/** Seconds until the server takes another attempt, counting down; 0 when it takes one. */
export function useWait(error: unknown): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const wait = error instanceof Problem && error.status === 429 ? (error.retryAfterSeconds ?? 0) : 0;
    const until = Date.now() + wait * 1_000;
    const update = () => setSeconds(Math.max(0, Math.ceil((until - Date.now()) / 1_000)));
    update();
    if (wait === 0) return;
    const timer = setInterval(update, 500);
    return () => clearInterval(timer);
  }, [error]);
  return seconds;
}
