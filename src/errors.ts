/**
 * The one error that Lethe throws on purpose. `kind` says what sort of refusal it is (http/problem.ts alone knows which
 * status that becomes, cli/ which exit status); `code` is the stable, dotted name that programs may rely on; the message is
 * for people and says what was wrong and what would be right. It never quotes an identity value.
 */
export type ErrorKind =
  | 'unreadable' // the request cannot be read at all
  | 'unauthenticated'
  | 'forbidden'
  | 'notFound'
  | 'conflict' // not now: the state of things forbids it
  | 'unacceptable' // readable, but not acceptable
  | 'tooLarge'
  | 'unsupported' // media type
  | 'busy' // try again in a moment
  | 'away'; // the database, or another server that this needs, is not reachable

/** One wrong field of a request: where it is, what is wrong with it, what was expected and what came. */
export interface FieldError {
  field: string;
  code: string;
  detail: string;
  expected?: unknown;
  actual?: unknown;
}

export interface ErrorExtras {
  errors?: FieldError[];
  /** Further members of the problem document, such as `job`, `usedBy`, `expected`, `actual`. */
  members?: Record<string, unknown>;
  /** Value of the `Location` header: the thing that is in the way. */
  location?: string;
  retryAfterSeconds?: number;
  cause?: unknown;
}

export class LetheError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly extras: ErrorExtras;

  constructor(kind: ErrorKind, code: string, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'LetheError';
    this.kind = kind;
    this.code = code;
    this.extras = extras;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
