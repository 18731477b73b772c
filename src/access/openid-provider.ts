import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { z } from 'zod';
import { LetheError } from '../errors.ts';

/** What this installation is at an OpenID provider. */
export interface OpenIdClient {
  /** Address of the provider, exactly as its own documents say it. */
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** Name of the provider in addresses and rows: there is one. */
export const providerId = 'oidc';
const answerMsMax = 10_000;

/** better-auth's part of single sign-on, with what it leaves open decided: nobody signs up, and addresses have to be verified. */
export function openIdPlugin({ issuer, clientId, clientSecret }: OpenIdClient) {
  return genericOAuth({
    config: [
      {
        providerId,
        clientId,
        clientSecret,
        discoveryUrl: discoveryUrl(issuer),
        requireIdTokenVerification: true,
        scopes: ['openid', 'email', 'profile'],
        disableSignUp: true,
        // With the issuer: another provider may give the same id to somebody else.
        accountSubject: ({ profile }) => `${issuer} ${profile.sub}`,
        // An address that the provider has not verified is no address, also of whoever is linked already. The provider's own claim is
        // read: one that is merely called as the library calls its own could be anybody's.
        mapProfileToUser: (profile: Record<string, unknown>) =>
          [true, 'true'].includes(profile.email_verified as never) ? { emailVerified: true } : { email: '' },
      },
    ],
  });
}

/**
 * Makes sure that the provider answers and is the one of the settings; better-auth asks for neither, and waits without end.
 *
 * Throws `single_sign_on.away`, which says what is wrong.
 */
export async function requireProvider(issuer: string): Promise<void> {
  const response = await fetch(discoveryUrl(issuer), { signal: AbortSignal.timeout(answerMsMax) }).catch((error) => {
    throw providerAway('it cannot be reached', error);
  });
  if (!response.ok) throw providerAway(`it answers ${response.status} to ${discoveryUrl(issuer)}`);
  const found = z.object({ issuer: z.string() }).safeParse(await response.json().catch(() => undefined));
  if (!found.success) throw providerAway(`there is no discovery document at ${discoveryUrl(issuer)}`);
  if (found.data.issuer === issuer) return;
  throw providerAway(`LETHE_OIDC_ISSUER has to be "${found.data.issuer}", as it says itself`);
}

export function providerAway(reason: string, cause?: unknown): LetheError {
  const detail = `The OpenID provider cannot be used just now: ${reason}. Try again later, or use your password.`;
  return new LetheError('away', 'single_sign_on.away', detail, { cause });
}

function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}
