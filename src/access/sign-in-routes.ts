import { z } from 'zod';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { refuseForeignPage } from './request-origin.ts';
import type { SignIn } from './sign-in.ts';
import { failure, requestOf, sendAnswer, sendRefusal } from './sign-in-exchange.ts';

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
