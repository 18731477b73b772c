import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Actor, Permission } from '../access/permissions.ts';
import type { Dataset } from '../database/handle.ts';
import { LetheError } from '../errors.ts';

/** The web server as route files see it: shapes are Zod schemas, and every route names the permission it needs. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked before the body is read: 401, then 404 for a dataset out of reach, then 403. A route without it does not start. */
    may?: Permission;
    /**
     * Asked after the dataset and before the permission: throws when what the path names is not there, for a route whose refusals
     * come in that order.
     */
    find?: (request: FastifyRequest) => Promise<unknown>;
    /** Keeps the first answer for 24 hours under the caller's `Idempotency-Key`. */
    idempotent?: true;
    /** Reads the body to its end, of a route that reads it itself, and answers the hash to compare when a key comes again. */
    hashBody?: (request: FastifyRequest) => Promise<Buffer>;
    /** Open without credentials to programs on the same machine. */
    fromThisMachine?: true;
  }
  interface FastifyRequest {
    /** Who asks; set on every route that is not public. */
    actor: Actor;
    /** The dataset of `:ds`; set on every route whose path has it. */
    dataset: Dataset;
    /** A route that reads its body itself sets it to the hash of what it has read. */
    bodyHash: Buffer | undefined;
  }
}

/** Query of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('Most items of this page'),
  cursor: z.string().optional().describe('`nextCursor` of the page before'),
};

/** The same in the body of a list that is asked for what does not belong in an address. */
export const pageBody = {
  ...pageQuery,
  limit: z.number().int().min(1).max(1_000).default(100).describe('Most items of this page'),
};

/** Shape of every list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** A cursor that says where the next page goes on; its content is nobody's business but its list's. */
export function writeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** The position in a cursor of this list. Throws `query.cursor` for anything else. */
export function readCursor<T>(cursor: string | undefined, position: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw unreadableCursor();
  }
}

export function unreadableCursor(): LetheError {
  const detail = 'The cursor is not one of this list; use nextCursor of the page before, unchanged.';
  return new LetheError('unreadable', 'query.cursor', detail, {
    errors: [{ field: 'cursor', code: 'notAllowed', detail, expected: 'nextCursor of the page before' }],
  });
}

/** Times on the wire: RFC 3339, UTC. */
export const moment = z.iso.datetime().describe('RFC 3339, UTC');
