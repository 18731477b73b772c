import { Burger, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import { AccountMenu } from './account-menu.tsx';
import { DatasetSelector } from './dataset-selector.tsx';
import classes from './frame.module.css';
import { SearchButton } from './search.tsx';

export interface HeaderProps {
  dataset: string | undefined;
  /** Whether the navigation covers a small screen. */
  opened: boolean;
  toggle(): void;
}

/** The top of the frame: the way home, the dataset, the search, who one is. */
export function Header({ dataset, opened, toggle }: HeaderProps) {
  return (
    <Group h="100%" px="md" gap="sm" wrap="nowrap" justify="space-between">
      <Group gap="sm" wrap="nowrap" className={classes.place}>
        <Burger
          opened={opened}
          onClick={toggle}
          hiddenFrom="sm"
          size="sm"
          aria-label={texts.frame.navigationMenu}
          aria-expanded={opened}
        />
        <Text component={Link} to="/" className={classes.name}>
          Lethe
        </Text>
        <DatasetSelector current={dataset} />
      </Group>
      <Group gap="xs" wrap="nowrap">
        {dataset !== undefined && <SearchButton />}
        <AccountMenu />
      </Group>
    </Group>
  );
}
