import { type Answer, ask } from './server.ts';

/** Somebody at the server's own page: keeps the cookies that it sets, and asks as a browser does from that page. */
export interface Browser {
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  signIn(email: string, password: string): Promise<Answer>;
}

export function openBrowser(url: string): Browser {
  const cookies = new Map<string, string>();
  const page = { origin: url, 'sec-fetch-site': 'same-origin' };
  const send: Browser['ask'] = async (method, path, body) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await ask(`${url}${path}`, method, body, { ...page, ...(cookie ? { cookie } : {}) });
    for (const line of answer.headers.getSetCookie()) keep(cookies, line);
    return answer;
  };
  return { ask: send, signIn: (email, password) => send('POST', '/api/auth/sign-in/email', { email, password }) };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (/; *max-age=0/i.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}
