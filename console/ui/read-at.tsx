import { Button, Group, Text } from '@mantine/core';
import { texts } from '../texts/texts.ts';
import { Moment } from './moment.tsx';

/** A list that one has read far into stands still; this says since when, and reads it from the beginning. */
export function ReadAt({ at, onAgain }: { at: string | undefined; onAgain(): void }) {
  const { following } = texts;
  return (
    <Group gap="xs">
      {at !== undefined && (
        <Text size="sm" c="dimmed">
          {following.readAt} <Moment at={at} as="ago" />.
        </Text>
      )}
      <Button size="compact-sm" variant="default" onClick={onAgain}>
        {following.readAgain}
      </Button>
    </Group>
  );
}
