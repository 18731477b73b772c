import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isReachable } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { problemDocument } from '../http/problem.ts';
import type { Lethe } from '../lethe.ts';
import { refuseForeignPage } from './request-origin.ts';
import { peerHeader, type SignIn } from './sign-in.ts';

const signInOptionsShape = z.object({
  singleSignOn: z.object({ name: z.string().describe('What its button says') }).nullable(),
});
/** What the sign-in page offers besides e-mail address and password. */
export type SignInOptions = z.infer<typeof signInOptionsShape>;

/** What of better-auth is reachable. Members, their names and addresses are the administrators' business. */
const paths = new Set([
  'ok',
  'get-session',
  'sign-in/email',
  'sign-out',
  'change-password',
  'list-sessions',
  'revoke-session',
  'revoke-sessions',
  'revoke-other-sessions',
  'two-factor/enable',
  'two-factor/disable',
  'two-factor/get-totp-uri',
  'two-factor/verify-totp',
  'two-factor/generate-backup-codes',
  'two-factor/verify-backup-code',
]);

/** Sign-in, sign-out, session and second factor, answered by better-auth; refusals become problem documents. */
export function signInRoutes(signIn: SignIn) {
  return (app: App, lethe: Lethe): void => {
    const { oidcIssuer, oidcName } = lethe.settings;
    app.get(
      '/api/sign-in',
      {
        config: { may: 'public' },
        schema: { tags: ['Access'], summary: 'Ways to sign in', response: { 200: signInOptionsShape } },
      },
      async () => ({ singleSignOn: oidcIssuer ? { name: oidcName } : null }),
    );
    // better-auth reads the body itself.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.route({
      method: ['GET', 'POST'],
      url: '/api/auth/*',
      config: { may: 'public' },
      // One address for many calls says nothing in the OpenAPI document; docs/ describes them.
      schema: { hide: true },
      handler: async (request, reply) => {
        const path = (request.params as { '*': string })['*'];
        if (!paths.has(path)) return sendRefusal(reply, 404, 'route.unknown', 'There is nothing at this address.');
        refuseForeignPage(request, lethe.settings.publicUrl);
        const response = await signIn.handler(requestOf(request, lethe.settings.publicUrl));
        if (response.status >= 500) throw await failure(lethe);
        return sendAnswer(reply, response);
      },
    });
  };
}

/** The request as better-auth takes it; its Origin is our own, because a foreign one has been refused. */
function requestOf(request: FastifyRequest, publicUrl: string | undefined): Request {
  const origin = publicUrl ? new URL(publicUrl).origin : `${request.protocol}://${request.host}`;
  const headers = new Headers({ origin, [peerHeader]: request.ip });
  for (const name of ['cookie', 'content-type', 'user-agent', 'accept'] as const) {
    const value = request.headers[name];
    if (value !== undefined) headers.set(name, value);
  }
  const body = Buffer.isBuffer(request.body) ? new Uint8Array(request.body) : undefined;
  return new Request(new URL(request.url, origin), { method: request.method, headers, ...(body ? { body } : {}) });
}

async function sendAnswer(reply: FastifyReply, response: Response): Promise<FastifyReply> {
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
async function failure(lethe: Lethe): Promise<Error> {
  if (await isReachable(lethe.database.reads)) return new Error('Sign-in failed.');
  return new LetheError('away', 'database.away', 'The database cannot be reached just now. Try again in a moment.');
}

function sendRefusal(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
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
