import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { isProblem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { askAuth } from './auth-calls.ts';
import { PasswordField } from './password-field.tsx';
import { useWait } from './use-wait.ts';

export interface PasswordStepProps<Answer> {
  /** What is asked of the server with the password. */
  path: string;
  /** A verb. */
  action: string;
  children?: ReactNode;
  onDone(answer: Answer): void;
  onCancel(): void;
}

/** Asks for the password once more, before something that changes how one gets in. */
export function PasswordStep<Answer>({ path, action, children, onDone, onCancel }: PasswordStepProps<Answer>) {
  const [password, setPassword] = useState('');
  const ask = useMutation({ mutationFn: () => askAuth<Answer>(path, { password }), onSuccess: onDone });
  const wait = useWait(ask.error);
  const isWrong = isProblem(ask.error, 'auth.invalid_password');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {children}
        <Text size="sm">{texts.access.account.secondFactor.passwordFirst}</Text>
        {ask.error !== null && !isWrong && <ProblemNotice error={ask.error} />}
        <PasswordField
          label={texts.access.signIn.password}
          autoComplete="current-password"
          data-autofocus
          value={password}
          error={isWrong && ask.error?.message}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" loading={ask.isPending} disabled={wait > 0}>
            {wait > 0 ? texts.access.signIn.waitAction(wait) : action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
