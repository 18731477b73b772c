import { type Answer, ask } from './server.ts';

/** An address that the browser went to, what it found there, and the names of the cookies that it sent along. */
export interface Visit {
  address: string;
  status: number;
  headers: Headers;
  text: string;
  sent: string[];
}

/**
 * Somebody's browser at the server's own page. Cookies are kept by host and sent as RFC 6265bis says: `SameSite=Strict` never with a
 * navigation that another site began or passed on, `Lax` then with GET only.
 */
export interface Browser {
  /** What a script of the server's own page asks. */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  signIn(email: string, password: string): Promise<Answer>;
  /** Goes to an address, from a page of `from`, and on to wherever redirects and `Refresh` lead; answers every address on the way. */
  go(address: string, from: string): Promise<Visit[]>;
  /** Sends the only form of a page, with `fields` filled in; then as `go`. */
  submit(page: Visit, fields: Record<string, string>): Promise<Visit[]>;
  cookies: Map<string, Cookie>;
}

export interface Cookie {
  host: string;
  name: string;
  value: string;
  sameSite: string;
}

/** What a browser is asked to load: by whom, and the hosts that the navigation has been to. */
interface Navigation {
  address: string;
  method: string;
  body?: string;
  hosts: string[];
}

export function openBrowser(url: string): Browser {
  const cookies = new Map<string, Cookie>();

  const load = async ({ address, method, body, hosts }: Navigation): Promise<Visit> => {
    const { hostname } = new URL(address);
    const isCrossSite = hosts.some((host) => host !== hostname);
    const fitting = [...cookies.values()].filter(
      ({ host, sameSite }) =>
        host === hostname && (!isCrossSite || (sameSite !== 'strict' && (method === 'GET' || sameSite === 'none'))),
    );
    const { status, headers, text } = await withoutRedirect(address, method, body, {
      ...headersFor(fitting),
      'sec-fetch-site': isCrossSite ? 'cross-site' : 'same-origin',
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    });
    keep(cookies, headers, hostname);
    return { address, status, headers, text, sent: fitting.map(({ name }) => name) };
  };

  const follow = async (first: Navigation): Promise<Visit[]> => {
    const visits: Visit[] = [];
    for (let next: Navigation | undefined = first; next && visits.length < 20; ) {
      const visit: Visit = await load(next);
      visits.push(visit);
      next = afterwards(visit, next);
    }
    return visits;
  };

  const send: Browser['ask'] = async (method, path, body) => {
    const { origin, hostname } = new URL(url);
    const own = [...cookies.values()].filter(({ host }) => host === hostname);
    const page = { origin, 'sec-fetch-site': 'same-origin' };
    const answer = await ask(`${url}${path}`, method, body, { ...page, ...headersFor(own) });
    keep(cookies, answer.headers, hostname);
    return answer;
  };

  return {
    ask: send,
    signIn: (email, password) => send('POST', '/api/auth/sign-in/email', { email, password }),
    go: (address, from) => follow({ address, method: 'GET', hosts: [new URL(from).hostname] }),
    submit: (page, fields) => follow(formOf(page, fields)),
    cookies,
  };
}

/** A redirect goes on with the same navigation; a `Refresh` begins a new one, from the page that asks for it. */
function afterwards({ address, status, headers }: Visit, { hosts }: Navigation): Navigation | undefined {
  const { hostname } = new URL(address);
  const location = status >= 300 && status < 400 ? headers.get('location') : null;
  if (location) return { address: new URL(location, address).href, method: 'GET', hosts: [...hosts, hostname] };
  const refresh = /^\d+; *url=(.*)$/.exec(headers.get('refresh') ?? '')?.[1];
  return refresh ? { address: new URL(refresh, address).href, method: 'GET', hosts: [hostname] } : undefined;
}

function formOf({ address, text }: Visit, fields: Record<string, string>): Navigation {
  const action = /<form[^>]* action="([^"]*)"/.exec(text)?.[1] ?? '';
  const inputs = text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  const hidden = [...inputs].map(([, name = '', value = '']) => [name, value]);
  const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields });
  const hosts = [new URL(address).hostname];
  return { address: new URL(action, address).href, method: 'POST', body: String(body), hosts };
}

async function withoutRedirect(
  address: string,
  method: string,
  body: string | undefined,
  headers: Record<string, string>,
) {
  const response = await fetch(address, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function headersFor(cookies: Cookie[]): Record<string, string> {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  return cookie ? { cookie } : {};
}

function keep(cookies: Map<string, Cookie>, headers: Headers, host: string): void {
  for (const line of headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const sameSite = /; *samesite=(\w+)/i.exec(line)?.[1]?.toLowerCase() ?? 'lax';
    const isGone = /; *max-age=0/i.test(line) || /; *expires=Thu, 01 Jan 1970/i.test(line);
    if (isGone) cookies.delete(`${host} ${name}`);
    else cookies.set(`${host} ${name}`, { host, name, value, sameSite });
  }
}
