import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { LetheError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { parseExactly } from './exact-json.ts';
import { tooBusy } from './intake.ts';

const unpackers = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

export interface BodyLimits {
  /** Most bytes of one body, unpacked too. */
  bytesMax: number;
  /** Most bytes of all bodies together whose requests are not answered yet. */
  openBytesMax: number;
}

/** Reads the body of a request to its end and unpacks it. */
export type ReadBody = (request: FastifyRequest, payload: IncomingMessage) => Promise<Buffer>;

/**
 * How the routes of a scope read bodies without ever holding more than the limits. What it answers throws `request.too_large`,
 * `request.encoding`, `request.unreadable` and `events.busy`.
 */
export function boundBodies(scope: App, limits: BodyLimits): ReadBody {
  const { bytesMax, openBytesMax } = limits;
  const held = new WeakMap<FastifyRequest, number>();
  let openBytes = 0;
  const hold = (request: FastifyRequest, bytes: number) => {
    if (openBytes > 0 && openBytes + bytes > openBytesMax) throw tooBusy();
    openBytes += bytes;
    held.set(request, (held.get(request) ?? 0) + bytes);
  };
  scope.addHook('onRequest', async (request, reply) => {
    // Comes also for a sender who went away, who gets no answer.
    reply.raw.once('close', () => {
      openBytes -= held.get(request) ?? 0;
      held.delete(request);
    });
  });
  scope.addHook('onSend', async (_request, reply) => {
    // Nobody reads what is left of a body that is too large.
    if (reply.statusCode === 413) reply.header('connection', 'close');
  });
  return async (request, payload) => {
    const unpack = unpackerOf(request.headers['content-encoding']);
    const packed = await collect(request, payload, bytesMax, (bytes) => hold(request, bytes));
    if (!unpack) return packed;
    const bytes = await unpackBody(packed, unpack, bytesMax);
    hold(request, bytes.length);
    return bytes;
  };
}

async function collect(
  request: FastifyRequest,
  payload: IncomingMessage,
  bytesMax: number,
  hold: (bytes: number) => void,
): Promise<Buffer> {
  // Known before the first byte, and a sender who announces more than comes would be waited for.
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const chunks: Buffer[] = [];
  let size = 0;
  // A body that is given up is not destroyed: its connection has to carry the answer.
  const body = payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > bytesMax) throw tooLarge(bytesMax);
      hold(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    // A sender who went away, which is no news; its connection, reset, would pass for that of the database.
    throw payload.errored ? unreadable('The body broke off.') : error;
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

/**
 * The JSON in these bytes; numbers stay what they are. Throws `request.unreadable`: replacing what is no UTF-8 would keep something
 * that nobody sent.
 */
export function parseJsonBytes(bytes: Uint8Array): unknown {
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
  const detail = `The body is larger than ${bytesMax} bytes, the most that is read here.`;
  return new LetheError('tooLarge', 'request.too_large', detail);
}
