import { request } from '../api/request.ts';

/** Ends the session and leaves the page, so that nothing of what was seen stays in its memory. */
export async function signOut(): Promise<void> {
  await request('POST', '/api/auth/sign-out', { body: {} });
  window.location.assign('/sign-in');
}
