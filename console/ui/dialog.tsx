import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../texts/texts.ts';

export interface DialogProps {
  opened: boolean;
  title: string;
  size?: ModalProps['size'];
  /** Whether a click beside it closes it; not where something is shown only once. */
  closesOnClickOutside?: boolean;
  onClose(): void;
  /** There while it is open, so whatever was typed is gone when it opens again. */
  children: ReactNode;
}

/** Something to fill in or to look at, over the screen that it belongs to. The focus goes back where it came from. */
export function Dialog({ opened, title, size = 'md', closesOnClickOutside = true, onClose, children }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      closeOnClickOutside={closesOnClickOutside}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      {children}
    </Modal>
  );
}
