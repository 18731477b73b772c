import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useRef } from 'react';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';

const DeletionDialog = lazy(async () => ({ default: (await import('./deletion-dialog.tsx')).DeletionDialog }));

/** The button of an Administrator, and nobody else's; what it opens says everything before it does anything. */
export function DeleteAllUsers({ dataset, segment }: { dataset: string; segment: SegmentItem }) {
  const mayDelete = useMay('deleteUsersInBulk', dataset);
  const button = useRef<HTMLButtonElement>(null);
  // Back to the button, or to the title of the screen when the button is gone.
  const returnFocus = () => requestAnimationFrame(() => (button.current ?? document.querySelector('h1'))?.focus());
  const [opened, { open, close }] = useDisclosure(false, { onClose: returnFocus });
  if (!mayDelete) return null;
  return (
    <>
      {segment.state !== 'deleting' && (
        <Button variant="outline" color="danger" onClick={open} ref={button}>
          {texts.deletions.button}
        </Button>
      )}
      {/* Stays when somebody else was first: in place of the form it then shows their deletion. */}
      {opened && (
        <Suspense>
          <DeletionDialog dataset={dataset} segment={segment} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
