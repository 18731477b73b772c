import { Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { askAuth, type SignInAnswer } from './auth-calls.ts';
import { PasswordField } from './password-field.tsx';
import { useWait } from './use-wait.ts';

const words = texts.access.signIn;

export interface PasswordFormProps {
  /** Said once: what happened before one had to type the password again. */
  problem: unknown;
  /** The password goes along, because a one-time password is asked for again when it is replaced. */
  onAnswer(answer: SignInAnswer, password: string): void;
}

/** The first step of signing in. */
export function PasswordForm({ problem, onAnswer }: PasswordFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => askAuth<SignInAnswer>('sign-in/email', { email: email.trim(), password }),
    onSuccess: (answer) => onAnswer(answer, password),
  });
  const wait = useWait(signIn.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  const error = signIn.error ?? (signIn.isIdle ? problem : null);
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {error !== null && error !== undefined && <ProblemNotice error={error} title={words.failed} />}
        <TextInput
          label={words.email}
          type="email"
          name="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordField
          label={words.password}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" fullWidth mt="xs" loading={signIn.isPending} disabled={wait > 0}>
          {wait > 0 ? words.waitAction(wait) : words.action}
        </Button>
      </Stack>
    </form>
  );
}
