import { Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { isProblem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { askAuth } from './auth-calls.ts';
import { PasswordField } from './password-field.tsx';
import { useWait } from './use-wait.ts';

const words = texts.access.signIn;

/** As the server has it; a shorter password is refused there as well. */
const charactersMin = 12;

export interface NewPasswordFormProps {
  /** Whose password it is, for password managers. */
  email: string;
  /** Where it was typed a moment ago; otherwise it is asked for. */
  current?: string;
  /** What the current one is called. */
  currentLabel?: string;
  onSet(): void;
}

/** Replaces a password, one-time or not. The server ends the member's other sessions. */
export function NewPasswordForm({ email, current, currentLabel, onSet }: NewPasswordFormProps) {
  const [typed, setTyped] = useState(current ?? '');
  const [own, setOwn] = useState('');
  const [again, setAgain] = useState('');
  const [isChecked, setIsChecked] = useState(false);
  const change = useMutation({
    mutationFn: () => askAuth('change-password', { currentPassword: typed, newPassword: own }),
    onSuccess: onSet,
  });
  const wait = useWait(change.error);
  const isCurrentWrong = isProblem(change.error, 'auth.invalid_password');
  const isTooShort = own.length < charactersMin;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (!isTooShort && own === again) change.mutate();
  };
  const { newPassword } = words;
  const asksCurrent = current === undefined;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {change.error !== null && !(asksCurrent && isCurrentWrong) && (
          <ProblemNotice error={change.error} title={newPassword.failed} />
        )}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        {asksCurrent && (
          <PasswordField
            label={currentLabel ?? newPassword.current}
            autoComplete="current-password"
            autoFocus
            data-autofocus
            value={typed}
            error={isCurrentWrong && change.error?.message}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <PasswordField
          label={newPassword.own}
          description={newPassword.rule(charactersMin)}
          autoComplete="new-password"
          autoFocus={!asksCurrent}
          value={own}
          error={isChecked && isTooShort && newPassword.tooShort(charactersMin)}
          onChange={(event) => setOwn(event.currentTarget.value)}
        />
        <PasswordField
          label={newPassword.again}
          autoComplete="new-password"
          value={again}
          error={isChecked && !isTooShort && own !== again && newPassword.differs}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        <Button type="submit" mt="xs" loading={change.isPending} disabled={wait > 0}>
          {wait > 0 ? words.waitAction(wait) : newPassword.action}
        </Button>
      </Stack>
    </form>
  );
}
