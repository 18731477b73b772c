/** What there is when the cases begin; ids. */
export interface World {
  /** Rule-based, everybody. */
  everybody: string;
  /** Rule-based, nobody. */
  nobody: string;
  /** Manual, one user, nested in another segment. */
  list: string;
  nesting: string;
  disabledList: string;
  administrator: string;
  member: string;
}

export interface Case {
  what: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string | ((world: World) => string);
  body?: unknown;
  headers?: Record<string, string>;
  status: number;
  code: string;
  /** What `detail` and `errors` say together: the field, and what would be right. */
  says: readonly RegExp[];
}

export const ds = '/api/dataset/shop';
export const json = { 'content-type': 'application/json' };
export const csv = { 'content-type': 'text/csv' };
export const ndjson = { 'content-type': 'application/x-ndjson' };
export const unacceptable = { status: 422, code: 'request.unacceptable' };
export const unreadable = { status: 400, code: 'request.unreadable' };

/** A body that can be read and is not accepted. */
export const post = (what: string, path: string, body: unknown, ...says: RegExp[]): Case => {
  return { what, method: 'POST', path, body, ...unacceptable, says };
};
