import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { LetheError, messageOf } from '../errors.ts';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { type OpenIdClient, providerId } from './openid-provider.ts';
import { refuseForeignPage } from './request-origin.ts';
import { type SignInWiring, signInPage } from './sign-in.ts';
import { failure, requestOf, sendAnswer } from './sign-in-exchange.ts';
import { singleSignOn } from './single-sign-on.ts';

/** What the sign-in page is told, as `?error=`, when the way back from the provider does not end in a session. */
export type SingleSignOnError =
  | 'single_sign_on.no_member'
  | 'single_sign_on.email_not_verified'
  | 'single_sign_on.not_begun_here'
  | 'single_sign_on.denied'
  | 'single_sign_on.away'
  | 'single_sign_on.failed';

/** By the library's word for it; every other one is `single_sign_on.failed`. */
const errors: Record<string, SingleSignOnError> = {
  signup_disabled: 'single_sign_on.no_member',
  email_not_found: 'single_sign_on.email_not_verified',
  account_not_linked: 'single_sign_on.email_not_verified',
  state_mismatch: 'single_sign_on.not_begun_here',
  state_not_found: 'single_sign_on.not_begun_here',
  state_invalid: 'single_sign_on.not_begun_here',
  access_denied: 'single_sign_on.denied',
};

const beginning = z.strictObject({
  provider: z.literal(providerId),
  callbackURL: z
    .string()
    .max(2_000)
    .regex(/^\/(?![/\\])[^\\\s]*$/, 'expected a path of this server, such as /segments')
    .default('/')
    .describe('Where to go on when signed in'),
});

/** Signing in with the OpenID provider of the settings; without one there is nothing at these addresses. */
export function singleSignOnRoutes(wiring: SignInWiring) {
  return (app: App, lethe: Lethe): void => {
    const { publicUrl } = lethe.settings;
    const client = clientOf(lethe.settings);
    if (!client || !publicUrl) return;
    const open = singleSignOn(wiring, client);

    app.post(
      '/api/auth/sign-in/social',
      { config: { may: 'public' }, schema: { hide: true, body: beginning } },
      async (request, reply) => {
        refuseForeignPage(request, publicUrl);
        const signIn = await open();
        // Nothing else of what the library takes here: scopes, further parameters, an identity token in place of all this.
        const body = JSON.stringify({ ...request.body, errorCallbackURL: signInPage });
        const response = await signIn.handler(requestOf(request, publicUrl, body));
        if (response.status >= 500) throw await failure(lethe);
        return sendAnswer(reply, response);
      },
    );

    app.get(
      `/api/auth/callback/${providerId}`,
      { config: { may: 'public' }, schema: { hide: true } },
      async (request, reply) => {
        try {
          const response = await (await open()).handler(requestOf(request, publicUrl));
          for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
          const { target, refusal } = wayOn(response, new URL(publicUrl).origin);
          if (refusal) lethe.announce('member.single_sign_on_refused', refusal);
          return sendWayOn(reply, refusal ? `${signInPage}?error=${refusal.code}` : target);
        } catch (error) {
          const isAway = error instanceof LetheError && error.code === 'single_sign_on.away';
          const code: SingleSignOnError = isAway ? 'single_sign_on.away' : 'single_sign_on.failed';
          // Only what is ours: another error may quote what the provider says of a person.
          const reason = isAway ? messageOf(error) : error instanceof Error ? error.name : 'unknown';
          lethe.announce('member.single_sign_on_refused', { code, reason });
          return sendWayOn(reply, `${signInPage}?error=${code}`);
        }
      },
    );
  };
}

function clientOf({ oidcIssuer, oidcClientId, oidcClientSecret }: Lethe['settings']): OpenIdClient | undefined {
  if (!oidcIssuer || !oidcClientId || !oidcClientSecret) return undefined;
  return { issuer: oidcIssuer, clientId: oidcClientId, clientSecret: oidcClientSecret };
}

/** Where the library sends the browser: a path of this server, or what is wrong and the library's own word for it. */
function wayOn(response: Response, origin: string) {
  const location = response.headers.get('location') ?? '';
  const { origin: to, pathname, search, hash, searchParams } = new URL(location, origin);
  const said = searchParams.get('error');
  const isWayOn =
    response.status >= 300 && response.status < 400 && location !== '' && to === origin && !pathname.startsWith('//');
  if (isWayOn && !(pathname === signInPage && said)) return { target: `${pathname}${search}${hash}` };
  const reason = /^[a-z_]{1,60}$/i.test(said ?? '') ? (said as string) : `status ${response.status}`;
  return { target: signInPage, refusal: { code: errors[reason.toLowerCase()] ?? 'single_sign_on.failed', reason } };
}

/**
 * A page that goes on by itself. A redirect would still belong to the navigation that the provider's page began, and the browser
 * would not send the session cookie, which is for our own pages only; from this page on it does.
 */
function sendWayOn(reply: FastifyReply, target: string): FastifyReply {
  const href = target.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return reply
    .header('refresh', `0; url=${target}`)
    .header('content-type', 'text/html; charset=utf-8')
    .send(`<!doctype html><html lang="en"><title>Lethe</title><p><a href="${href}">Continue to Lethe</a></p></html>\n`);
}
