import { useBlocker } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import { Confirmation } from './confirmation.tsx';

/**
 * Asks before one leaves a screen with changes that are not saved, by a link as well as by closing the window. Who goes on purpose navigates with
 * `ignoreBlocker`.
 */
export function UnsavedChanges({ isUnsaved }: { isUnsaved: boolean }) {
  const { unsaved } = texts;
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isUnsaved && current.pathname !== next.pathname,
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  });
  return (
    <Confirmation
      opened={blocker.status === 'blocked'}
      title={unsaved.title}
      action={unsaved.leave}
      onConfirm={() => blocker.proceed?.()}
      onCancel={() => blocker.reset?.()}
    >
      {unsaved.text}
    </Confirmation>
  );
}
