import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { LetheError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { type BodyLimits, boundBodies, parseJsonBytes } from './bounded-body.ts';

/** The body of a request of the tracking API. */
export interface TrackingBody {
  json: unknown;
  /** Unpacked. */
  bytes: number;
}

/** A beacon may send none at all, and RudderStack's library for Node calls its JSON a form. */
const mediaTypes = /^(|application\/(json|x-www-form-urlencoded|[\w.-]+\+json)|text\/plain)$/i;

/** Lets the routes of a scope read bodies as the libraries of the tracking API send them, packed or not, whatever they call them. */
export function readTrackingBodies(scope: App, limits: BodyLimits): void {
  const read = boundBodies(scope, limits);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage): Promise<TrackingBody> => {
    refuseOtherMedia(request.headers['content-type']);
    const bytes = await read(request, payload);
    return { json: parseJsonBytes(bytes), bytes: bytes.length };
  });
}

function refuseOtherMedia(contentType = ''): void {
  if (mediaTypes.test(contentType.split(';', 1)[0]?.trim() ?? '')) return;
  throw new LetheError('unsupported', 'request.media_type', 'A body is JSON, as application/json or text/plain.');
}
