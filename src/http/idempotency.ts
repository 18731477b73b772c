import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Announce } from '../announcements.ts';
import type { Db } from '../database/postgres.ts';
import { LetheError, messageOf } from '../errors.ts';
import {
  claimKey,
  deleteAnswersFromBefore,
  findAnswer,
  type KeptAnswer,
  keepAnswer,
  type RequestKey,
  releaseKey,
} from './idempotency-sql.ts';

const keepHours = 24;
/** A request whose answer is still missing after this time died with its server; the next one with its key runs. */
const abandonedAfterSeconds = 60;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set from the claim of an Idempotency-Key until its answer is kept. */
    claimedKey: RequestKey | undefined;
  }
}

/**
 * `Idempotency-Key` on the routes that say `idempotent`: the same key and body of the same actor at the same address repeats
 * the first good answer for 24 hours. A refusal is not kept: it started nothing, and the next try may succeed. Of the body
 * only a hash is stored.
 */
export function addIdempotency(
  app: FastifyInstance,
  { db, now, announce }: { db: Db; now(): Date; announce: Announce },
): void {
  app.decorateRequest('claimedKey', undefined);
  app.decorateRequest('bodyHash', undefined);

  // Before validation, which may fill in defaults: the hash is of what was sent.
  app.addHook('preValidation', async (request) => {
    if (usesKey(request)) request.bodyHash = hashOf(request.body);
  });

  app.addHook('preHandler', async (request, reply) => {
    const { bodyHash } = request;
    if (!bodyHash) return;
    const key = requestKeyOf(request);
    await deleteAnswersFromBefore(db, secondsBefore(now(), keepHours * 3600));
    const abandonedBefore = secondsBefore(now(), abandonedAfterSeconds);
    if (await claimKey(db, key, { bodyHash, now: now(), abandonedBefore })) {
      request.claimedKey = key;
      return;
    }
    const kept = await findAnswer(db, key);
    const { hashBody } = request.routeOptions.config;
    const isAnswered = kept !== undefined && kept.status !== null;
    return repeat(reply, kept, isAnswered && hashBody ? await hashBody(request) : bodyHash);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const { claimedKey } = request;
    if (!claimedKey) return payload;
    request.claimedKey = undefined;
    try {
      const { bodyHash } = request;
      if (reply.statusCode < 300 && bodyHash)
        await keepAnswer(db, claimedKey, { ...answerOf(reply, payload), bodyHash });
      else await releaseKey(db, claimedKey);
    } catch (error) {
      // What was asked for has been done; only repeating its answer will not work, and the claim lapses by itself.
      announce('request.failed', { requestId: request.id, error: messageOf(error) });
    }
    return payload;
  });
}

function usesKey({ routeOptions, headers }: FastifyRequest): boolean {
  return routeOptions.config.idempotent === true && headers['idempotency-key'] !== undefined;
}

function requestKeyOf({ actor, method, url, headers }: FastifyRequest): RequestKey {
  const key = String(headers['idempotency-key']);
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    const detail = 'An Idempotency-Key is 1 to 255 visible ASCII characters without spaces.';
    throw new LetheError('unreadable', 'idempotency.key', detail);
  }
  return { actor: `${actor.kind} ${actor.id}`, target: `${method} ${url}`, key };
}

function repeat(reply: FastifyReply, kept: KeptAnswer | undefined, bodyHash: Buffer): FastifyReply {
  if (kept && !kept.bodyHash.equals(bodyHash)) {
    const detail = 'This Idempotency-Key was used with another body; use a new key for a new request.';
    throw new LetheError('unacceptable', 'idempotency.mismatch', detail);
  }
  // Without a row, the one that had it has just been refused.
  if (!kept || kept.status === null) {
    const detail = 'A request with this Idempotency-Key is under way; ask again in a moment for its answer.';
    throw new LetheError('conflict', 'idempotency.in_progress', detail, { retryAfterSeconds: 1 });
  }
  reply.code(kept.status).header('idempotency-replayed', 'true');
  if (kept.location !== null) reply.header('location', kept.location);
  if (kept.contentType !== null) reply.header('content-type', kept.contentType);
  return reply.serializer((text: string) => text).send(kept.body);
}

function answerOf(reply: FastifyReply, payload: unknown) {
  const location = reply.getHeader('location');
  const contentType = reply.getHeader('content-type');
  return {
    status: reply.statusCode,
    location: location === undefined ? null : String(location),
    contentType: contentType === undefined ? null : String(contentType),
    body: typeof payload === 'string' ? payload : '',
  };
}

function hashOf(body: unknown): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(body ?? null))
    .digest();
}

function secondsBefore(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() - seconds * 1000);
}
