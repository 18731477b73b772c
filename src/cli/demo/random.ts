/** A stream of numbers in [0, 1) that is the same every time for the same seed. */
export type Random = () => number;

/** Mulberry32: small, fast, and even enough for a demonstration. Every `stream` of a seed is independent of the others. */
export function randomStream(seed: number, stream: number): Random {
  let state = mix(seed ^ mix(stream));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** A whole number from `low` to `high`, both in. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** One of a list, the first ones more often: the k-th about 1/k as often as the first. */
export function popular<T>(random: Random, list: readonly T[]): T {
  const place = Math.floor(list.length ** random()) - 1;
  return list[Math.min(place, list.length - 1)] as T;
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** How long until something that happens every `mean` on average. */
export function waiting(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

/** A number from 1 up with a long tail: most are 1, few are large. `tail` below 1 makes large ones rare. */
export function longTail(random: Random, tail: number, max: number): number {
  return Math.min(max, Math.floor((1 - random()) ** -tail));
}
