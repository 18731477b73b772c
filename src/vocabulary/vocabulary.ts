import type { Actor } from '../access/permissions.ts';
import { LetheError } from '../errors.ts';

/**
 * What the data of a dataset is called: its attributes, identity types and actions. Names come with the data; members may say
 * what attributes and identity types are meant to be. What is said changes no data and refuses none.
 */

/** Most names of a sort that are listed, those of most users first: names come from outside, and nobody bounds them. */
export const namesMax = 10_000;

/** Most attributes, and most identity types, that a dataset defines. */
export const definitionsMax = 1_000;

export const descriptionLengthMax = 500;

/** Who asks for a change, and when. */
export interface Asked {
  actor: Actor;
  now: Date;
}

/** What is thrown when going through everybody took too long. */
export function tooSlow(what: 'attributes' | 'identity_types' | 'actions') {
  return (cause: unknown) => {
    const detail =
      'Counting them exactly took too long just now. Try again when less is going on, or give the database more memory.';
    return new LetheError('busy', `${what}.too_slow`, detail, { retryAfterSeconds: 10, cause });
  };
}
