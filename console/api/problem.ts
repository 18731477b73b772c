/** A refusal or failure of the server as it said it (RFC 9457), or `status` 0 when it could not be reached. */
export class Problem extends Error {
  readonly status: number;
  /** Stable and dotted: `deletion.users_changed`. */
  readonly code: string;
  /** Wrong fields of what was sent, each with what would be right. */
  readonly errors: readonly FieldProblem[];
  /** Everything else that the document says, such as `job`, `usedBy`, `actual`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, document: { code?: string; detail?: string; errors?: FieldProblem[] }) {
    super(document.detail ?? 'The server gave no reason.');
    this.name = 'Problem';
    this.status = status;
    this.code = document.code ?? 'server.error';
    this.errors = document.errors ?? [];
    this.members = document as Record<string, unknown>;
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

/** Whether asking again may help: the server or its database was away, or there were too many at once. */
export function isPassing(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500);
}
