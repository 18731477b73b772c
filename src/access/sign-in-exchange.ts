import type { FastifyReply, FastifyRequest } from 'fastify';
import { isReachable } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { problemDocument } from '../http/problem.ts';
import type { Lethe } from '../lethe.ts';
import { peerHeader } from './sign-in.ts';

/** The request as better-auth takes it; its Origin is our own, because a foreign one has been refused. */
export function requestOf(
  request: FastifyRequest,
  publicUrl: string | undefined,
  body: string | Uint8Array<ArrayBuffer> | undefined = Buffer.isBuffer(request.body)
    ? new Uint8Array(request.body)
    : undefined,
): Request {
  const origin = publicUrl ? new URL(publicUrl).origin : `${request.protocol}://${request.host}`;
  const headers = new Headers({ origin, [peerHeader]: request.ip });
  for (const name of ['cookie', 'content-type', 'user-agent', 'accept'] as const) {
    const value = request.headers[name];
    if (value !== undefined) headers.set(name, value);
  }
  return new Request(new URL(request.url, origin), { method: request.method, headers, ...(body ? { body } : {}) });
}

/** Passes on what better-auth answers; its refusals become problem documents. */
export async function sendAnswer(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
  const text = await response.text();
  if (response.status < 400) {
    const contentType = response.headers.get('content-type');
    if (contentType) reply.header('content-type', contentType);
    return reply.code(response.status).send(text);
  }
  const retryAfter = response.headers.get('x-retry-after');
  if (retryAfter) reply.header('retry-after', retryAfter);
  const said = readRefusal(text);
  const code = response.status === 429 ? 'auth.too_many_attempts' : `auth.${(said.code ?? 'refused').toLowerCase()}`;
  return sendRefusal(reply, response.status, code, said.message ?? 'This was refused.');
}

/** better-auth has hidden what failed; most likely the database is away. */
export async function failure(lethe: Lethe): Promise<Error> {
  if (await isReachable(lethe.database.reads)) return new Error('Sign-in failed.');
  return new LetheError('away', 'database.away', 'The database cannot be reached just now. Try again in a moment.');
}

export function sendRefusal(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(problemDocument(status, code, detail, { message: detail })));
}

function readRefusal(text: string): { code?: string; message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
