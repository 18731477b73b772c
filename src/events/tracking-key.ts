import type { FastifyRequest } from 'fastify';
import { LetheError } from '../errors.ts';
import type { TrackingBody } from './tracking-body.ts';

/** The write key as user name of `Authorization: Basic`; some senders leave the colon after it out. */
export function keyInHeader({ headers: { authorization } }: FastifyRequest): string | undefined {
  if (authorization === undefined) return undefined;
  const encoded = /^Basic +(\S+)$/i.exec(authorization)?.[1];
  if (!encoded) throw noSuchKey();
  return Buffer.from(encoded, 'base64').toString('utf8').split(':', 1)[0] ?? '';
}

export function keyInBody({ json }: TrackingBody): string | undefined {
  const key = typeof json === 'object' && json !== null && 'writeKey' in json ? json.writeKey : undefined;
  return typeof key === 'string' ? key : undefined;
}

export function noSuchKey(): LetheError {
  const detail =
    'There is no such write key. Send it as user name of Authorization: Basic, or as "writeKey" in the body; administrators make them in Sources.';
  return new LetheError('unauthenticated', 'access.write_key', detail);
}
