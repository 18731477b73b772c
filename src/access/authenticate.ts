import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { hashOfSecret } from './create-token.ts';
import { findMember } from './member-sql.ts';
import type { Actor } from './permissions.ts';
import { refuseForeignPage } from './request-origin.ts';
import type { SignIn } from './sign-in.ts';
import { findToken } from './token-sql.ts';

export interface Credentials {
  db: Db;
  signIn: SignIn;
  publicUrl: string | undefined;
}

/**
 * Who asks: a program by its token, or a member by the session cookie. Roles are read anew at every request, so taking one
 * away works at once.
 *
 * Throws `access.unauthenticated`, `access.cross_site`, `member.password_change_required`.
 */
export async function authenticate(request: FastifyRequest, credentials: Credentials): Promise<Actor> {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) return authenticateToken(authorization, credentials.db);
  if (cookie !== undefined) return authenticateMember(request, cookie, credentials);
  throw unauthenticated('Sign in, or send an API token as Authorization: Basic base64(keyId:secret).');
}

async function authenticateToken(authorization: string, db: Db): Promise<Actor> {
  const encoded = /^Basic +(\S+)$/i.exec(authorization)?.[1];
  if (!encoded) throw unauthenticated('The Authorization header is not of the form: Basic base64(keyId:secret).');
  const [, keyId, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  // PostgreSQL takes no NUL in a text, and no key id has one.
  const token = keyId && !keyId.includes('\0') ? await findToken(db, keyId) : undefined;
  if (!token || !timingSafeEqual(token.secretHash, hashOfSecret(secret ?? ''))) {
    throw unauthenticated('There is no API token with this key id and secret.');
  }
  const { name, administrator, roles, datasets } = token;
  return { kind: 'token', id: token.keyId, name, administrator, roles, ...(datasets ? { datasets } : {}) };
}

async function authenticateMember(
  request: FastifyRequest,
  cookie: string,
  { db, signIn, publicUrl }: Credentials,
): Promise<Actor> {
  // A session is prolonged by the page's own get-session, whose answer carries the prolonged cookie.
  const query = { disableRefresh: true, disableCookieCache: true };
  const found = await signIn.api.getSession({ headers: new Headers({ cookie }), query });
  const member = found ? await findMember(db, found.user.id) : undefined;
  if (!member) throw unauthenticated('You are not signed in, or your session has ended.');
  refuseForeignPage(request, publicUrl);
  if (member.mustChangePassword) {
    const detail = 'Set a password of your own first (POST /api/auth/change-password): yours is a one-time password.';
    throw new LetheError('forbidden', 'member.password_change_required', detail);
  }
  const { id, name, administrator, roles } = member;
  return { kind: 'member', id, name, administrator, roles };
}

function unauthenticated(detail: string): LetheError {
  return new LetheError('unauthenticated', 'access.unauthenticated', detail);
}
