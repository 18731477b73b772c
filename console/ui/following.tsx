import { Button, Group, Text } from '@mantine/core';
import { texts } from '../texts/texts.ts';
import classes from './following.module.css';

export interface FollowingProps {
  isFollowing: boolean;
  onChange(isFollowing: boolean): void;
}

/** Says that a list follows what happens, and lets whoever reads hold it still. */
export function Following({ isFollowing, onChange }: FollowingProps) {
  const { following } = texts;
  return (
    <Group gap={8} wrap="nowrap" className={classes.following}>
      <span className={classes.mark} data-on={isFollowing || undefined} aria-hidden />
      <Text span size="sm" c="dimmed" role="status">
        {isFollowing ? following.on : following.off}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => onChange(!isFollowing)} miw={88}>
        {isFollowing ? following.pause : following.resume}
      </Button>
    </Group>
  );
}
