import type { Answer, TestServer } from './server.ts';
import { until } from './waiting.ts';

export interface ImportOptions {
  kind?: 'events' | 'users';
  type?: string;
  map?: Record<string, string>;
  values?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** Sends a file to the dataset `shop`. */
export async function sendImport(
  server: TestServer,
  body: string | Buffer,
  { kind = 'events', type = 'text/csv', map, values, headers = {} }: ImportOptions = {},
): Promise<Answer> {
  const query = new URLSearchParams({ kind });
  if (map) query.set('map', JSON.stringify(map));
  if (values) query.set('values', JSON.stringify(values));
  const response = await fetch(`${server.url}/api/dataset/shop/imports?${query}`, {
    method: 'POST',
    headers: { ...server.adminHeaders, 'content-type': type, ...headers },
    body: body as string,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

/** Sends a file and waits for the end of its import. */
export async function runImport(
  server: TestServer,
  body: string | Buffer,
  options?: ImportOptions,
): Promise<Answer['json']> {
  const { status, text, json } = await sendImport(server, body, options);
  if (status !== 202) throw new Error(`The import was refused: ${status} ${text}`);
  return importEnd(server, json.id);
}

export async function importEnd(server: TestServer, id: string): Promise<Answer['json']> {
  let shown: Answer['json'];
  await until(async () => {
    shown = (await server.api('GET', `/api/dataset/shop/imports/${id}`)).json;
    return shown.state === 'completed' || shown.state === 'failed';
  }, 'the import has ended');
  return shown;
}
