import { texts } from '../texts/texts.ts';
import { Problem } from './problem.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RequestOptions {
  /** Sent as JSON; a form is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/**
 * Asks the server and answers its JSON, or undefined where it answers nothing. The session cookie goes with it.
 *
 * Throws a Problem, also when the server cannot be reached.
 */
export async function request<Answer>(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(method, path, options);
  const text = await response.text();
  const json = /[/+]json/.test(response.headers.get('content-type') ?? '');
  const answer = json && text !== '' ? JSON.parse(text) : undefined;
  if (!response.ok) {
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw new Problem(
      response.status,
      answer ?? { detail: texts.problems.unexpected(response.status) },
      Number.isFinite(retryAfter) ? retryAfter : undefined,
    );
  }
  return answer as Answer;
}

async function send(method: Method, path: string, { body, headers, signal }: RequestOptions): Promise<Response> {
  const isForm = body instanceof FormData;
  try {
    return await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, { code: 'server.unreachable', detail: texts.problems.unreachable });
  }
}

/** Path below a dataset: `inDataset('shop', 'segments', 'a1B2c')`. */
export function inDataset(dataset: string, ...parts: string[]): string {
  return ['/api/dataset', dataset, ...parts]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');
}

/** A query string of what is set: `queryOf({limit: 10})` is `?limit=10`. */
export function queryOf(values: Record<string, string | number | boolean | undefined | null>): string {
  const set = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, String(value)]],
  );
  return set.length === 0 ? '' : `?${new URLSearchParams(set)}`;
}

/** A page of any list of the API. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** All pages of a list that is known to be short enough to be shown whole, such as segments or members. */
export async function requestAll<Item>(path: string, signal?: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const separator = path.includes('?') ? '&' : '?';
    const query: string = queryOf({ limit: 1_000, cursor }).slice(1);
    const page: Page<Item> = await request('GET', `${path}${separator}${query}`, { signal });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}
