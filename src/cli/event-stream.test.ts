import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readServerEvents, type ServerEvent } from './event-stream.ts';

async function read(chunks: readonly Uint8Array[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readServerEvents(new Response(ReadableStream.from(chunks)))) events.push(event);
  return events;
}

const stream = [
  ': a comment, such as a server sends to keep the connection alive\n\n',
  'event: progress\nid: 1\ndata: {"deleted":1,\ndata: "note":"ü"}\n\n',
  'event: progress\r\nid: 2\r\ndata:{"deleted":2}\r\n\r\n',
  'data: without a name\n\n',
  'data: never finished',
].join('');

const expected = [
  { event: 'progress', id: '1', data: '{"deleted":1,\n"note":"ü"}' },
  { event: 'progress', id: '2', data: '{"deleted":2}' },
  { event: 'message', id: '2', data: 'without a name' },
];

test('an event stream is read as the HTML standard says, however the network cuts it into pieces', async () => {
  const bytes = new TextEncoder().encode(stream);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }), async (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = ends.map((end, at) => bytes.slice(ends[at - 1] ?? 0, end));
      expect(await read(chunks)).toEqual(expected);
    }),
  );
});
