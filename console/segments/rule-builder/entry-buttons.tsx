import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCopy, IconX } from '@tabler/icons-react';
import { texts } from '../../texts/texts.ts';
import { useEditor } from './editor-context.ts';
import classes from './rule-builder.module.css';

export interface EntryButtonsProps {
  entry: string;
  /** What it is called: "Condition 2: Attribute". */
  name: string;
  mayUp: boolean;
  mayDown: boolean;
}

/** What can be done to a line or a group as a whole. */
export function EntryButtons({ entry, name, mayUp, mayDown }: EntryButtonsProps) {
  const { acts } = useEditor();
  const words = texts.rules.actionsOf(name);
  const buttons = [
    { on: 'up', word: words.up, Icon: IconArrowUp, may: mayUp, act: () => acts.move(entry, -1) },
    { on: 'down', word: words.down, Icon: IconArrowDown, may: mayDown, act: () => acts.move(entry, 1) },
    { on: 'duplicate', word: words.duplicate, Icon: IconCopy, may: true, act: () => acts.duplicate(entry) },
    { on: 'remove', word: words.remove, Icon: IconX, may: true, act: () => acts.remove(entry, name) },
  ];
  return (
    <div className={classes.buttons}>
      {buttons.map(({ on, word, Icon, may, act }) => (
        <ActionIcon
          key={on}
          variant="subtle"
          color="gray"
          size={26}
          // Stays reachable at the ends of the rule, so that the focus does not fall off while one moves something there.
          aria-disabled={!may || undefined}
          data-disabled={!may || undefined}
          data-entry={entry}
          data-on={on}
          aria-label={word}
          title={word}
          onClick={may ? act : undefined}
        >
          <Icon size={15} aria-hidden />
        </ActionIcon>
      ))}
    </div>
  );
}
