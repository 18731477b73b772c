import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenIdClient, providerAway, providerId, requireProvider } from './openid-provider.ts';
import { createSignIn, type SignIn, type SignInWiring } from './sign-in.ts';

const openMsMax = 20_000;

/**
 * Answers the instance of better-auth that knows the OpenID provider. It is made when it is first asked for, and asked for again
 * after a failure: a provider that is down keeps neither the server from starting nor anybody from signing in with a password.
 *
 * Throws `single_sign_on.away`.
 */
export function singleSignOn(wiring: SignInWiring, client: OpenIdClient): () => Promise<SignIn> {
  let opened: Promise<SignIn> | undefined;
  return () => {
    opened ??= open(wiring, client).catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

async function open(wiring: SignInWiring, client: OpenIdClient): Promise<SignIn> {
  await requireProvider(client.issuer);
  const signIn = createSignIn(wiring, client);
  const tooLate = sleep(openMsMax, undefined, { ref: false });
  const known = (await Promise.race([signIn.$context, tooLate]))?.socialProviders.some(({ id }) => id === providerId);
  if (!known) throw providerAway('its discovery document does not name what signing in needs');
  return signIn;
}
