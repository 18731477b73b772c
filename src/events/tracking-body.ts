import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { LetheError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { parseExactly } from './exact-json.ts';
import { tooBusy } from './intake.ts';

/** The body of a request of the tracking API. */
export interface TrackingBody {
  json: unknown;
  /** Unpacked. */
  bytes: number;
}

const unpackers = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** A beacon may send none at all, and RudderStack's library for Node calls its JSON a form. */
const mediaTypes = /^(|application\/(json|x-www-form-urlencoded|[\w.-]+\+json)|text\/plain)$/i;

/**
 * Lets the routes of a scope read bodies as the libraries of the tracking API send them, packed or not, whatever they call them. A body
 * has at most `bytesMax` bytes, unpacked too; all those that are not answered yet have at most `openBytesMax` together.
 */
export function readTrackingBodies(scope: App, limits: { bytesMax: number; openBytesMax: number }): void {
  const held = new WeakMap<FastifyRequest, number>();
  let openBytes = 0;
  const hold = (request: FastifyRequest, bytes: number) => {
    if (openBytes > 0 && openBytes + bytes > limits.openBytesMax) throw tooBusy();
    openBytes += bytes;
    held.set(request, (held.get(request) ?? 0) + bytes);
  };
  scope.addHook('onResponse', async (request) => {
    openBytes -= held.get(request) ?? 0;
    held.delete(request);
  });
  scope.addHook('onSend', async (_request, reply) => {
    // Nobody reads what is left of a body that is too large.
    if (reply.statusCode === 413) reply.header('connection', 'close');
  });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage): Promise<TrackingBody> => {
    refuseOtherMedia(request.headers['content-type']);
    const unpack = unpackerOf(request.headers['content-encoding']);
    const packed = await collect(payload, limits.bytesMax, (bytes) => hold(request, bytes));
    const bytes = unpack ? await unpackBody(packed, unpack, limits.bytesMax) : packed;
    if (unpack) hold(request, bytes.length);
    return { json: parse(bytes), bytes: bytes.length };
  });
}

async function collect(body: Readable, bytesMax: number, hold: (bytes: number) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge(bytesMax);
    hold(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function unpackBody(packed: Buffer, unpack: Unpacker, bytesMax: number): Promise<Buffer> {
  try {
    return await unpack(packed, { maxOutputLength: bytesMax });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bytesMax);
    throw unreadable('The body is not packed as its Content-Encoding says.');
  }
}

type Unpacker = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

function unpackerOf(encoding = 'identity'): Unpacker | undefined {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '') return undefined;
  if (Object.hasOwn(unpackers, name)) return unpackers[name as keyof typeof unpackers];
  const detail = 'A body is sent as it is or with Content-Encoding: gzip, deflate or br.';
  throw new LetheError('unsupported', 'request.encoding', detail);
}

function refuseOtherMedia(contentType = ''): void {
  if (mediaTypes.test(contentType.split(';', 1)[0]?.trim() ?? '')) return;
  throw new LetheError('unsupported', 'request.media_type', 'A body is JSON, as application/json or text/plain.');
}

function parse(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('The body is not UTF-8.');
  }
  if (text.trim() === '') throw unreadable('The body is empty.');
  try {
    return parseExactly(text);
  } catch {
    throw unreadable('The body is not valid JSON.');
  }
}

export function unreadable(detail: string): LetheError {
  return new LetheError('unreadable', 'request.unreadable', detail);
}

function tooLarge(bytesMax: number): LetheError {
  const detail = `The body is larger than ${bytesMax} bytes (LETHE_BATCH_BYTES_MAX).`;
  return new LetheError('tooLarge', 'request.too_large', detail);
}
