import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { askAuth } from './auth-calls.ts';
import { BackupCodes } from './backup-codes.tsx';
import { meQuery } from './me.ts';
import { PasswordStep } from './password-step.tsx';
import { QrCode } from './qr-code.tsx';
import { ShownOnce } from './shown-once.tsx';
import { useWait } from './use-wait.ts';

const words = texts.access.account.secondFactor;

interface Begun {
  totpURI: string;
  backupCodes: string[];
}

/** Password, then the app, then the backup codes. It is in force when the first code was right; before that nothing has changed. */
export function TurnOnSecondFactor({ onClose }: { onClose(): void }) {
  const queryClient = useQueryClient();
  const [begun, setBegun] = useState<Begun>();
  const [isVerified, setIsVerified] = useState(false);
  if (!begun) {
    return (
      <PasswordStep<Begun> path="two-factor/enable" action={words.continue} onDone={setBegun} onCancel={onClose} />
    );
  }
  if (isVerified) return <BackupCodes codes={begun.backupCodes} text={words.enabled} onKept={onClose} />;
  const verified = () => {
    setIsVerified(true);
    void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: ['own-sessions'] });
  };
  return <Verify uri={begun.totpURI} onVerified={verified} onCancel={onClose} />;
}

function Verify({ uri, onVerified, onCancel }: { uri: string; onVerified(): void; onCancel(): void }) {
  const [code, setCode] = useState('');
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  const verify = useMutation({
    mutationFn: () => askAuth('two-factor/verify-totp', { code: code.replace(/\D/g, '') }),
    onSuccess: onVerified,
  });
  const wait = useWait(verify.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    verify.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{words.scan}</Text>
        <QrCode text={uri} label={words.qrCode} />
        <Text size="sm">{words.orType}</Text>
        <ShownOnce value={secret} shown={secret.replace(/(.{4})(?=.)/g, '$1 ')} label={words.secret} />
        <Text size="sm">{words.thenType}</Text>
        {verify.error !== null && <ProblemNotice error={verify.error} />}
        <TextInput
          label={words.code}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          autoFocus
          w={160}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" loading={verify.isPending} disabled={wait > 0}>
            {wait > 0 ? texts.access.signIn.waitAction(wait) : words.verify}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
