import { readServerEvents } from '../src/cli/event-stream.ts';
import type { TestServer } from './server.ts';
import { until } from './waiting.ts';

/** Somebody who follows a segment over HTTP, and everything he has been told. */
export interface ChangeReader {
  status: number;
  /** `joined usr_7`, `left usr_7`, `left usr_7 into usr_3`, `recomputed 12`, `reset`: in their order. */
  told: string[];
  /** The id of the last event, or of the position that was said without one. */
  lastId(): string;
  /** Waits until so much has been told, and answers all of it. */
  hears(count: number): Promise<string[]>;
  /** Settles when the stream is at its end. */
  ended: Promise<void>;
  close(): Promise<void>;
}

/** Follows a segment of the dataset `shop` from now on, or behind the event with this id. */
export async function followSegment(
  server: Pick<TestServer, 'url' | 'adminHeaders'>,
  segment: string,
  { after, headers = server.adminHeaders }: { after?: string; headers?: Record<string, string> } = {},
): Promise<ChangeReader> {
  const stop = new AbortController();
  const response = await fetch(`${server.url}/api/dataset/shop/segments/${segment}/changes`, {
    headers: { ...headers, ...(after !== undefined && { 'last-event-id': after }) },
    signal: stop.signal,
  });
  const told: string[] = [];
  let last = '';
  const listen = async () => {
    for await (const { event, id, data } of readServerEvents(watchIds(response, (id) => (last = id)))) {
      last = id;
      told.push(said(event, JSON.parse(data)));
    }
  };
  const ended = (response.ok ? listen() : Promise.resolve()).catch(() => {});
  // From its first line on, everything is told.
  if (response.ok) await until(async () => last !== '', 'the stream has begun');
  return {
    status: response.status,
    told,
    lastId: () => last,
    hears: async (count) => {
      await until(async () => told.length >= count, `${count} changes are told`);
      return [...told];
    },
    ended,
    close: async () => {
      stop.abort();
      await ended;
    },
  };
}

/** The same answer; `onId` hears of every id, also of those that come without an event. */
function watchIds(response: Response, onId: (id: string) => void): Response {
  const decoder = new TextDecoder();
  const body = response.body?.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        const text = decoder.decode(chunk);
        if (!text.includes('data:')) for (const [, id] of text.matchAll(/^id: (.+)$/gm)) onId(id as string);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(body);
}

function said(event: string, { user, mergedInto, users }: { user?: string; mergedInto?: string; users?: number }) {
  return [event, user ?? users, mergedInto && `into ${mergedInto}`].filter((part) => part !== undefined).join(' ');
}
