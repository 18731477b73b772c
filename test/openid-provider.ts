import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Context, Provider } from 'oidc-provider';

export interface OpenIdProvider {
  issuer: string;
  /** What it says of whoever signs in there, by the name that is typed into its form; any password will do. */
  people: Map<string, { email?: string; email_verified?: boolean }>;
  close(): Promise<void>;
}

export const openIdClient = { id: 'lethe', secret: 'a secret of the provider 0123456789' };

/**
 * A real OpenID provider on this machine, with one client, which may be sent back to `redirectUri`. Its host is `localhost`: to a
 * browser another site than 127.0.0.1, where the server of a test is.
 */
export async function startOpenIdProvider(redirectUri: string, port = 0): Promise<OpenIdProvider> {
  const people: OpenIdProvider['people'] = new Map();
  const server = createServer();
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [{ client_id: openIdClient.id, client_secret: openIdClient.secret, redirect_uris: [redirectUri] }],
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key of the test'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    findAccount: (_context: Context, name: string) => ({
      accountId: name,
      claims: () => ({ sub: name, name, ...people.get(name) }),
    }),
    loadExistingGrant: grantAtOnce,
    ttl: { AccessToken: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
  });
  server.on('request', provider.callback());
  return { issuer, people, close: () => stop(server) };
}

/** Nobody is asked whether Lethe may see the address. */
async function grantAtOnce({ oidc: { client, session, provider } }: Context) {
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid email profile');
  await grant.save();
  return grant;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}

/** A port that was free a moment ago, for what has to be known before it listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await stop(server);
  return port;
}
