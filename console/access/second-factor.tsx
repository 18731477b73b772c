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
      <NewCodes opened={opened === 'newCodes'} onClose={close} />
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

function NewCodes({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const [codes, setCodes] = useState<string[]>();
  const close = () => {
    onClose();
    setCodes(undefined);
  };
  const title = codes ? words.codesTitle : words.newCodesTitle;
  return (
    <Dialog opened={opened} title={title} onClose={close} closesOnClickOutside={false}>
      {codes ? (
        <BackupCodes codes={codes} text={words.newCodesText} onKept={close} />
      ) : (
        <PasswordStep<{ backupCodes: string[] }>
          path="two-factor/generate-backup-codes"
          action={words.newCodesAction}
          onDone={({ backupCodes }) => setCodes(backupCodes)}
          onCancel={close}
        >
          <Text size="sm">{words.newCodesText}</Text>
        </PasswordStep>
      )}
    </Dialog>
  );
}
