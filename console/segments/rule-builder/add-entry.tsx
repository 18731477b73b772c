import { Button, Menu, Tooltip } from '@mantine/core';
import { IconChevronDown, IconPlus } from '@tabler/icons-react';
import { texts } from '../../texts/texts.ts';
import { conditionMenu } from './condition-menu.ts';
import { levelsMax } from './draft-changes.ts';
import { useEditor } from './editor-context.ts';
import classes from './rule-builder.module.css';

export interface AddEntryProps {
  group: string;
  /** What the group is called. */
  name: string;
  mayAddGroup: boolean;
}

/** At the end of a group: one more condition, or a group within it. */
export function AddEntry({ group, name, mayAddGroup }: AddEntryProps) {
  const { rules } = texts;
  const { acts } = useEditor();
  return (
    <div className={classes.add}>
      {/* The placeholder for the first focus would be a child that a menu may not have. */}
      <Menu position="bottom-start" shadow="sm" returnFocus={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            rightSection={<IconChevronDown size={14} aria-hidden />}
            aria-label={`${rules.addCondition}: ${name}`}
            data-entry={group}
            data-on="add"
          >
            {rules.addCondition}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes.menu}>
          {conditionMenu.map(({ category, conditions }) => (
            // biome-ignore lint/a11y/useSemanticElements: a group of a menu is no fieldset.
            <div key={category} role="group" aria-label={rules.categories[category]}>
              <Menu.Label aria-hidden>{rules.categories[category]}</Menu.Label>
              {conditions.map((condition) => (
                <Menu.Item key={condition} onClick={() => acts.add(group, condition)}>
                  {rules.conditions[condition]}
                </Menu.Item>
              ))}
            </div>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={rules.levelsFull(levelsMax)} disabled={mayAddGroup} multiline maw={260}>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          aria-disabled={!mayAddGroup || undefined}
          data-disabled={!mayAddGroup || undefined}
          aria-label={`${rules.addGroup}: ${name}`}
          onClick={() => mayAddGroup && acts.addGroup(group)}
        >
          {rules.addGroup}
        </Button>
      </Tooltip>
    </div>
  );
}
