import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from './problem-notice.tsx';

export interface ConfirmationProps {
  opened: boolean;
  /** A question that names the thing: Revoke the token "CI"? */
  title: string;
  /** What will be gone, and what stays. */
  children: ReactNode;
  /** A verb: "Revoke token". */
  action: string;
  /** Whether something is lost for good. */
  danger?: boolean;
  busy?: boolean;
  error?: unknown;
  onConfirm(): void;
  onCancel(): void;
}

/** Asks before something that cannot be taken back. Cancel has the focus. */
export function Confirmation({
  opened,
  title,
  children,
  action,
  danger,
  busy,
  error,
  onConfirm,
  onCancel,
}: ConfirmationProps) {
  return (
    <Modal opened={opened} onClose={onCancel} title={title} closeButtonProps={{ 'aria-label': texts.actions.close }}>
      <Stack>
        <Text component="div" size="sm">
          {children}
        </Text>
        {error !== undefined && error !== null && <ProblemNotice error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel} data-autofocus>
            {texts.actions.cancel}
          </Button>
          <Button color={danger ? 'danger' : 'ink'} onClick={onConfirm} loading={busy ?? false}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
