import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { texts } from '../texts/texts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { useMe } from './me.ts';
import { NewPasswordForm } from './new-password-form.tsx';

const words = texts.access.account.password;

export function OwnPassword() {
  const { email } = useMe();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const changed = () => {
    setIsOpen(false);
    notifications.show({ message: words.changed });
    void queryClient.invalidateQueries({ queryKey: ['own-sessions'] });
  };
  return (
    <>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {words.change}
      </Button>
      <Dialog opened={isOpen} title={words.change} onClose={() => setIsOpen(false)}>
        <NewPasswordForm email={email ?? ''} onSet={changed} />
      </Dialog>
    </>
  );
}
