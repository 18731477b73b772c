import { Group, Progress, Text } from '@mantine/core';
import type { ImportItem } from '../../src/imports/import-routes.ts';
import { texts } from '../texts/texts.ts';
import { share } from '../ui/numbers.ts';
import { isUnderWay } from './import-queries.ts';
import classes from './imports.module.css';

/** The state in a word, and while it runs how far it is. */
export function ImportState({ item }: { item: ImportItem }) {
  const { states } = texts.imports;
  if (item.state === 'running') return <ImportBar item={item} />;
  return (
    <Text size="sm" span className={item.state === 'failed' ? classes.attention : undefined}>
      {states[item.state]}
      {item.state === 'receiving' && '…'}
    </Text>
  );
}

/** By bytes of the file: nobody knows before the end how many rows it has. */
export function ImportBar({ item }: { item: ImportItem }) {
  const percent = share(item.percent / 100);
  return (
    <Group gap={8} wrap="nowrap" className={classes.running}>
      <Progress
        flex={1}
        value={item.percent}
        aria-label={texts.imports.progressOf(percent)}
        transitionDuration={isUnderWay(item) ? 300 : 0}
      />
      <Text size="sm" span className={classes.percent}>
        {percent}
      </Text>
    </Group>
  );
}
