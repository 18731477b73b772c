import { betterAuth } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { recordAudit } from '../audit/record.ts';
import type { Db } from '../database/postgres.ts';
import { newId } from '../ids.ts';
import { deleteSessions, findMember, isLinked, setMustChangePassword } from './member-sql.ts';
import { type OpenIdClient, openIdPlugin } from './openid-provider.ts';
import { dropOneTimePassword, passwordCharactersMax, passwordCharactersMin } from './password.ts';
import type { Actor } from './permissions.ts';
import {
  accountColumns,
  memberColumns,
  secondFactorColumns,
  sessionColumns,
  verificationColumns,
} from './sign-in-columns.ts';

export interface SignInWiring {
  db: Db;
  secret: Buffer;
  /** Address that people reach this server at, where it is known. */
  publicUrl: string | undefined;
  now(): Date;
}

/** Where the sign-in page is; whatever goes wrong on the way back from an OpenID provider is said there. */
export const signInPage = '/sign-in';

/** Carries the address of the peer to better-auth, which limits attempts by it; no client can set it. */
export const peerHeader = 'x-lethe-peer';

/** Of one peer: by hand nobody needs more, by program nobody gets far. A second factor locks itself besides. */
const attempts = { window: 60, max: 20 };

/**
 * Sign-in, sessions and second factor: better-auth on the tables of migration shared-002. Members are made by administrators,
 * so everything that signs up or mails is left out, also from the paths that are reachable (sign-in-routes.ts). Without an
 * OpenID provider it calls no other host; with one it waits for that one, so that is an instance of its own (single-sign-on.ts).
 */
export function createSignIn({ db, secret, publicUrl, now }: SignInWiring, client?: OpenIdClient) {
  return betterAuth({
    appName: 'Lethe',
    baseURL: publicUrl ? new URL(publicUrl).origin : 'http://localhost',
    basePath: '/api/auth',
    secret: secret.toString('base64url'),
    database: { db, type: 'postgres', schemaName: 'lethe' },
    telemetry: { enabled: false },
    // Failures are thrown to the web server, which logs them without values.
    logger: { disabled: true },
    onAPIError: { throw: true, errorURL: signInPage },
    // The Origin of each request has been compared with its own address before (request-origin.ts).
    trustedOrigins: async (request) => (request ? [new URL(request.url).origin] : []),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordCharactersMin,
      maxPasswordLength: passwordCharactersMax,
    },
    user: memberColumns,
    // Whatever changes something asks for the password anyway; a session may be looked at and ended at any age.
    session: { ...sessionColumns, freshAge: 0 },
    account: { ...accountColumns, ...firstLink },
    verification: verificationColumns,
    plugins: [twoFactor({ issuer: 'Lethe', schema: secondFactorColumns }), ...(client ? [openIdPlugin(client)] : [])],
    rateLimit: {
      enabled: true,
      customRules: { '/sign-in/*': attempts, '/change-password': attempts, '/two-factor/*': attempts },
    },
    advanced: {
      cookiePrefix: 'lethe',
      defaultCookieAttributes: { sameSite: 'strict' },
      // The provider's page sends the browser back, and no other page may.
      cookies: { state: { attributes: { sameSite: 'lax' } } },
      database: { generateId: () => newId(24) },
      ipAddress: { ipAddressHeaders: [peerHeader] },
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    databaseHooks: { ...auditedSignIns(db, now), ...linkedOnce(db) },
    hooks: ownPasswords(db, now),
  });
}

export type SignIn = ReturnType<typeof createSignIn>;

function auditedSignIns(db: Db, now: () => Date) {
  return {
    session: {
      create: {
        after: async ({ id, userId }: { id: string; userId: string }, context: { path?: string } | null) => {
          if (isSingleSignOn(context?.path)) await dropOneTimePassword(db, userId, id);
          if (await isSignIn(db, userId, context?.path)) await auditSignIn(db, userId, now());
        },
      },
    },
  };
}

/** A changed password is another one, takes the place of a one-time password, and ends all other sessions. */
function ownPasswords(db: Db, now: () => Date) {
  return {
    before: createAuthMiddleware(async ({ path, body }) => {
      if (path === '/change-password' && body?.newPassword === body?.currentPassword) {
        throw new APIError('BAD_REQUEST', { code: 'SAME_PASSWORD', message: 'The new password must be another one.' });
      }
    }),
    after: createAuthMiddleware(async ({ path, context }) => {
      const { returned, session, newSession } = context;
      if (path !== '/change-password' || returned instanceof APIError || !session) return;
      await setMustChangePassword(db, session.user.id, false);
      await deleteSessions(db, session.user.id, newSession?.session.id ?? session.session.id);
      await auditPasswordChange(db, session.user.id, now());
    }),
  };
}

/**
 * A member of the provider's verified address is linked at the first sign-in and known by the provider's own id from then on.
 * Addresses of members are not verified by mail: an administrator has written them.
 */
const firstLink = {
  accountLinking: { enabled: true, requireLocalEmailVerified: false },
  updateAccountOnSignIn: false,
};

/**
 * A member is linked to one person at the provider: somebody who got the same address later is another one. The provider's tokens are of
 * no use after the sign-in, so they are not kept.
 */
function linkedOnce(db: Db) {
  return {
    account: {
      create: {
        before: async <T extends { userId: string }>(account: T) => {
          if (await isLinked(db, account.userId)) {
            throw new APIError('FORBIDDEN', { code: 'ALREADY_LINKED', message: 'This member is linked already.' });
          }
          return { data: { ...account, accessToken: null, refreshToken: null, idToken: null } };
        },
      },
    },
  };
}

function isSingleSignOn(path: string | undefined): boolean {
  return path?.startsWith('/callback/') ?? false;
}

/** With a second factor the password alone makes a session for an instant, which is no sign-in. */
async function isSignIn(db: Db, memberId: string, path: string | undefined): Promise<boolean> {
  if (path?.startsWith('/two-factor/verify') || isSingleSignOn(path)) return true;
  return path === '/sign-in/email' && (await findMember(db, memberId))?.secondFactor === false;
}

async function auditSignIn(db: Db, memberId: string, at: Date): Promise<void> {
  const object = { kind: 'member', id: memberId };
  await recordAudit(db, { actor: await memberActor(db, memberId), action: 'member.signed_in', object, at });
}

async function auditPasswordChange(db: Db, memberId: string, at: Date): Promise<void> {
  const object = { kind: 'member', id: memberId };
  const after = { password: 'changed' };
  await recordAudit(db, { actor: await memberActor(db, memberId), action: 'member.changed', object, after, at });
}

async function memberActor(db: Db, id: string): Promise<Actor> {
  const member = await findMember(db, id);
  return { kind: 'member', id, name: member?.name ?? '', administrator: false, roles: {} };
}
