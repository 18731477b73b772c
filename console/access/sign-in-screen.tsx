import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { texts } from '../texts/texts.ts';
import type { SignInAnswer } from './auth-calls.ts';
import { Doorway } from './doorway.tsx';
import { NewPasswordForm } from './new-password-form.tsx';
import { PasswordForm } from './password-form.tsx';
import { SecondFactorForm } from './second-factor-form.tsx';
import { problemOfSingleSignOn, SingleSignOn, signInOptionsQuery } from './single-sign-on.tsx';
import { wayBack } from './way-back.ts';

const words = texts.access.signIn;
const route = getRouteApi('/sign-in');

/** How far one is. A one-time password is kept no longer than the form that replaces it. */
type Step =
  | { name: 'password'; problem?: unknown }
  | { name: 'secondFactor'; password: string }
  | { name: 'newPassword'; email: string; oneTimePassword: string };

/** E-mail address and password, the code of a second factor, a password of one's own: what is asked of this member, step by step. */
export function SignInScreen() {
  const { next, error } = route.useSearch();
  const { data: options } = useQuery(signInOptionsQuery);
  const target = wayBack(next, window.location.origin);
  const goOn = useGoOn(target);
  const [step, setStep] = useState<Step>({ name: 'password' });
  const take = ({ twoFactorRedirect, user }: SignInAnswer, password: string) => {
    if (twoFactorRedirect) setStep({ name: 'secondFactor', password });
    else if (user?.mustChangePassword) setStep({ name: 'newPassword', email: user.email, oneTimePassword: password });
    else goOn();
  };
  if (step.name === 'newPassword') {
    return (
      <Doorway title={words.newPassword.title} description={words.newPassword.text}>
        <NewPasswordForm email={step.email} current={step.oneTimePassword} onSet={goOn} />
      </Doorway>
    );
  }
  if (step.name === 'secondFactor') {
    return (
      <Doorway title={words.secondFactor.title}>
        <SecondFactorForm
          onAnswer={(answer) => take(answer, step.password)}
          onBack={(problem) => setStep({ name: 'password', problem })}
        />
      </Doorway>
    );
  }
  const refused = error === undefined ? undefined : problemOfSingleSignOn(error, options?.singleSignOn?.name);
  return (
    <Doorway title={words.title} foot={words.forgotten}>
      <PasswordForm problem={step.problem ?? refused} onAnswer={take} />
      <SingleSignOn callback={target} />
    </Doorway>
  );
}

/** Goes where the sign-in was asked for, with nothing left of what the page knew before. */
function useGoOn(target: string): () => void {
  const router = useRouter();
  const queryClient = useQueryClient();
  return () => {
    queryClient.clear();
    router.history.push(target);
  };
}
