import { isProblem, Problem } from '../api/problem.ts';
import { request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';

/** What a sign-in, or its second step, answers: the member, or that a code is asked for. */
export interface SignInAnswer {
  twoFactorRedirect?: boolean;
  user?: { email: string; mustChangePassword: boolean };
}

export interface Session {
  id: string;
  /** Ends this session, and is good for nothing else. */
  token: string;
  createdAt: string;
  expiresAt: string;
  ipAddress: string | null;
  userAgent: string | null;
}

export interface CurrentSession {
  session: Session;
  user: { email: string; mustChangePassword: boolean };
}

/**
 * Asks the sign-in part of the API.
 *
 * Throws a Problem that says what to do; none of them tells whether somebody is a member.
 */
export async function askAuth<Answer>(path: string, body: object): Promise<Answer> {
  try {
    return await request<Answer>('POST', `/api/auth/${path}`, { body });
  } catch (error) {
    throw error instanceof Problem ? inWords(error) : error;
  }
}

function inWords(problem: Problem): Problem {
  const { status, code, retryAfterSeconds } = problem;
  const words = texts.access.signIn;
  const detail =
    code === 'auth.too_many_attempts' ? words.tooManyAttempts(retryAfterSeconds ?? 60) : words.refusals[code];
  return detail === undefined ? problem : new Problem(status, { code, detail }, retryAfterSeconds);
}

/** Who is signed in, one-time password or not, or null; prolongs the session. */
export function currentSession(signal?: AbortSignal): Promise<CurrentSession | null> {
  return request('GET', '/api/auth/get-session', { signal });
}

/** Whether the second step is over and the password has to be typed again. */
export function isSecondStepOver(error: unknown): boolean {
  return ['auth.invalid_two_factor_cookie', 'auth.too_many_attempts_request_new_code'].some((code) =>
    isProblem(error, code),
  );
}
