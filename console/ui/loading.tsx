import { Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useTimeout } from '@mantine/hooks';
import { useState } from 'react';
import { texts } from '../texts/texts.ts';

/** The shape of what comes; a wait of more than a second says what for. */
export function Loading({ what, lines = 6 }: { what: string; lines?: number }) {
  const [long, setLong] = useState(false);
  useTimeout(() => setLong(true), 1_000, { autoInvoke: true });
  return (
    <Stack gap="xs" aria-busy>
      <Text size="sm" c="dimmed" role="status" h={20}>
        {long ? texts.waitingFor(what) : <VisuallyHidden>{texts.waitingFor(what)}</VisuallyHidden>}
      </Text>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={24} width={line % 3 === 2 ? '60%' : '100%'} />
      ))}
    </Stack>
  );
}
