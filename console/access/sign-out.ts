import { notifications } from '@mantine/notifications';
import { request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';

/** Ends the session and leaves the page, so that nothing of what was seen stays in its memory. Says when the session goes on. */
export async function signOut(): Promise<void> {
  try {
    await request('POST', '/api/auth/sign-out', { body: {} });
    window.location.assign('/sign-in');
  } catch (error) {
    notifications.show({ title: texts.frame.notSignedOut, message: (error as Error).message, color: 'orange' });
  }
}
