import { duration } from '../../ui/moments.ts';

/** Before one is signed in, and what the sign-in refuses for. */
export const signIn = {
  title: 'Sign in',
  product: 'Lethe',
  email: 'E-mail address',
  password: 'Password',
  showPassword: 'Show or hide what is typed',
  action: 'Sign in',
  waitAction: (seconds: number) => `Wait ${duration(seconds)}`,
  or: 'or',
  withProvider: (name: string) => `Sign in with ${name}`,
  forgotten: 'Forgot the password? Whoever runs this server can give you a one-time password.',
  failed: 'You are not signed in.',
  secondFactor: {
    title: 'Second factor',
    text: 'Type the six digits that your authenticator app shows for Lethe.',
    code: 'Code',
    backupText: 'Type one of the backup codes that you kept when you set up the second factor. Each works once.',
    backupCode: 'Backup code',
    useBackupCode: 'Use a backup code instead',
    useApp: 'Use the authenticator app instead',
    back: 'Back to the password',
    action: 'Continue',
  },
  newPassword: {
    title: 'Set your own password',
    text: 'You signed in with a one-time password. Choose one that only you know; it takes its place.',
    oneTime: 'One-time password',
    current: 'Current password',
    own: 'New password',
    rule: (charactersMin: number) =>
      `At least ${charactersMin} characters. A sentence is easy to remember and hard to guess.`,
    again: 'New password again',
    action: 'Set password',
    tooShort: (charactersMin: number) => `This is shorter than ${charactersMin} characters.`,
    differs: 'This differs from the password above.',
    failed: 'The password was not set.',
  },
  /** By the server's code. */
  refusals: {
    'auth.invalid_email_or_password': 'The e-mail address or the password is not right. Check both and try again.',
    'auth.validation_error': 'Type your e-mail address in full, such as ada@example.com, and your password.',
    'auth.invalid_email': 'Type your e-mail address in full, such as ada@example.com.',
    'auth.invalid_code': 'This is not the code that belongs to this moment. Type the one that your app shows now.',
    'auth.invalid_backup_code': 'This is none of your backup codes, or it was used before. Try another one.',
    'auth.invalid_two_factor_cookie': 'That took too long. Sign in with your password again.',
    'auth.too_many_attempts_request_new_code': 'There were too many wrong codes. Sign in with your password again.',
    'auth.account_temporarily_locked':
      'There were too many wrong codes, so no code is taken for now. Wait some minutes and sign in again.',
    'auth.invalid_password': 'This is not the password that you have now.',
    'auth.password_too_short': 'The new password is too short: it needs at least 12 characters.',
    'auth.password_too_long': 'The new password is too long: it has at most 128 characters.',
    'auth.same_password': 'The new password has to be another one than the one you have.',
    'auth.credential_account_not_found':
      'You have no password here, because you sign in with single sign-on. What needs one is done there.',
  } as Readonly<Record<string, string>>,
  tooManyAttempts: (seconds: number) =>
    `There were too many attempts from your network address. Try again in ${duration(seconds)}.`,
  /** By the code in the address that single sign-on comes back to. */
  singleSignOn: {
    'single_sign_on.no_member': () =>
      'Nobody with your e-mail address is a member here. Ask an administrator to add you.',
    'single_sign_on.email_not_verified': (name: string) =>
      `${name} does not vouch for your e-mail address: it is missing there, or not verified.`,
    'single_sign_on.not_begun_here': () =>
      'This sign-in was begun in another browser, or too long ago. Try again from here.',
    'single_sign_on.denied': (name: string) => `${name} did not let you in, or you cancelled.`,
    'single_sign_on.away': (name: string) =>
      `${name} cannot be reached just now. Try again later, or use your password.`,
    'single_sign_on.failed': (name: string) =>
      `Signing in with ${name} did not work. The server's log says why; tell whoever runs it.`,
  },
  /** Where the name is not known any more. */
  provider: 'Single sign-on',
} as const;
