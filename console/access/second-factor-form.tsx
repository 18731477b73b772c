import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { askAuth, isSecondStepOver, type SignInAnswer } from './auth-calls.ts';
import { useWait } from './use-wait.ts';

const words = texts.access.signIn;

export interface SecondFactorFormProps {
  onAnswer(answer: SignInAnswer): void;
  /** Back to the password: because somebody wants to, or the server does (`problem`). */
  onBack(problem?: unknown): void;
}

/** The second step of signing in: a code of the app, or one of those kept for when it is not there. */
export function SecondFactorForm({ onAnswer, onBack }: SecondFactorFormProps) {
  const [code, setCode] = useState('');
  const [usesBackup, setUsesBackup] = useState(false);
  const verify = useMutation({
    mutationFn: () => {
      const path = usesBackup ? 'two-factor/verify-backup-code' : 'two-factor/verify-totp';
      return askAuth<SignInAnswer>(path, { code: usesBackup ? code.trim() : code.replace(/\D/g, '') });
    },
    onSuccess: onAnswer,
    onError: (error) => isSecondStepOver(error) && onBack(error),
  });
  const wait = useWait(verify.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    verify.mutate();
  };
  const change = () => {
    setUsesBackup(!usesBackup);
    setCode('');
    verify.reset();
  };
  const { secondFactor } = words;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {verify.error !== null && <ProblemNotice error={verify.error} title={words.failed} />}
        <Text size="sm">{usesBackup ? secondFactor.backupText : secondFactor.text}</Text>
        <TextInput
          key={String(usesBackup)}
          label={usesBackup ? secondFactor.backupCode : secondFactor.code}
          name="code"
          autoComplete={usesBackup ? 'off' : 'one-time-code'}
          inputMode={usesBackup ? 'text' : 'numeric'}
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          autoFocus
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" fullWidth mt="xs" loading={verify.isPending} disabled={wait > 0}>
          {wait > 0 ? words.waitAction(wait) : secondFactor.action}
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={change}>
          {usesBackup ? secondFactor.useApp : secondFactor.useBackupCode}
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={() => onBack()}>
          {secondFactor.back}
        </Anchor>
      </Stack>
    </form>
  );
}
