import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { texts } from '../texts/texts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { BackupCodes } from './backup-codes.tsx';
import { meQuery, useMe } from './me.ts';
import { PasswordStep } from './password-step.tsx';
import { TurnOnSecondFactor } from './turn-on-second-factor.tsx';

const words = texts.access.account.secondFactor;
type Opened = 'turnOn' | 'turnOff' | 'newCodes';

/** Whether a second factor is in force, and what can be done about it. */
export function SecondFactor() {
  const { secondFactor } = useMe();
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  return (
    <Stack align="flex-start" gap="sm">
      <Text size="sm" fw={600} c={secondFactor ? 'var(--lethe-proven)' : 'dimmed'}>
        {secondFactor ? words.on : words.off}
      </Text>
      <Text size="sm">{secondFactor ? words.onText : words.offText}</Text>
      <Group gap="xs">
        {secondFactor ? (
          <>
            <Button variant="default" onClick={() => setOpened('newCodes')}>
              {words.newCodes}
            </Button>
            <Button variant="default" onClick={() => setOpened('turnOff')}>
              {words.turnOff}
            </Button>
          </>
        ) : (
          <Button onClick={() => setOpened('turnOn')}>{words.turnOn}</Button>
        )}
      </Group>
      <Dialog opened={opened === 'turnOn'} title={words.turnOn} onClose={close} closesOnClickOutside={false}>
        <TurnOnSecondFactor onClose={close} />
      </Dialog>
      <Dialog opened={opened === 'turnOff'} title={words.turnOffTitle} onClose={close}>
        <TurnOff onClose={close} />
      </Dialog>
      <Dialog opened={opened === 'newCodes'} title={words.newCodesTitle} onClose={close} closesOnClickOutside={false}>
        <NewCodes onClose={close} />
      </Dialog>
    </Stack>
  );
}

function TurnOff({ onClose }: { onClose(): void }) {
  const queryClient = useQueryClient();
  const done = () => {
    void queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: ['own-sessions'] });
    notifications.show({ message: words.turnedOff });
    onClose();
  };
  return (
    <PasswordStep path="two-factor/disable" action={words.turnOffAction} onDone={done} onCancel={onClose}>
      <Text size="sm">{words.turnOffText}</Text>
    </PasswordStep>
  );
}

function NewCodes({ onClose }: { onClose(): void }) {
  const [codes, setCodes] = useState<string[]>();
  if (codes) return <BackupCodes codes={codes} text={words.newCodesText} onKept={onClose} />;
  return (
    <PasswordStep<{ backupCodes: string[] }>
      path="two-factor/generate-backup-codes"
      action={words.newCodesAction}
      onDone={({ backupCodes }) => setCodes(backupCodes)}
      onCancel={onClose}
    >
      <Text size="sm">{words.newCodesText}</Text>
    </PasswordStep>
  );
}
