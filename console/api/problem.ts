/** A refusal or failure of the server as it said it (RFC 9457), or `status` 0 when it could not be reached. */
export class Problem extends Error {
  readonly status: number;
  /** Stable and dotted: `deletion.users_changed`. */
  readonly code: string;
  /** Wrong fields of what was sent, each with what would be right. */
  readonly errors: readonly FieldProblem[];
  /** Everything else that the document says, such as `job`, `usedBy`, `actual`. */
  readonly members: Readonly<Record<string, unknown>>;
  /** When to ask again, where the server says it. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    document: { code?: string; detail?: string; errors?: FieldProblem[] },
    retryAfterSeconds?: number,
  ) {
    super(document.detail ?? 'The server gave no reason.');
    this.name = 'Problem';
    this.status = status;
    this.code = document.code ?? 'server.error';
    this.errors = document.errors ?? [];
    this.members = document as Record<string, unknown>;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface FieldProblem {
  field: string;
  code: string;
  detail: string;
}

export function isProblem(error: unknown, code: string): error is Problem {
  return error instanceof Problem && error.code === code;
}

/** What is wrong with a field of what was sent, or undefined: said beside that field. */
export function detailOf(error: unknown, field: string): string | undefined {
  return error instanceof Problem ? error.errors.find((each) => each.field === field)?.detail : undefined;
}

/** Whether the server has said no, so that nothing was done; otherwise it may have been, and the answer was lost. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Problem && error.status >= 400 && error.status < 500;
}

/** Whether asking again may help: the server or its database was away, or there were too many at once. */
export function isPassing(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500);
}
