import { Anchor, AppShell, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { FollowDeletions } from '../deletions/followed-deletion.tsx';
import { RunningDeletionStrip } from '../deletions/running-deletion-strip.tsx';
import { texts } from '../texts/texts.ts';
import { AccountMenu } from './account-menu.tsx';
import { DatasetSelector } from './dataset-selector.tsx';
import classes from './frame.module.css';
import { rememberDataset } from './last-dataset.ts';
import { Navigation } from './navigation.tsx';
import { Search, SearchButton } from './search.tsx';

/** Around every screen: dataset on top, navigation at the side, and the bulk deletion that runs in this dataset. */
export function Frame() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { ds } = useParams({ strict: false });
  const { pathname } = useLocation();
  // On small screens the navigation covers the screen, so going somewhere closes it.
  useEffect(close, [pathname]);
  useEffect(() => {
    if (ds !== undefined) rememberDataset(ds);
  }, [ds]);
  const content = (
    <>
      {ds !== undefined && <RunningDeletionStrip dataset={ds} />}
      <Outlet />
    </>
  );
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
      transitionDuration={0}
    >
      <Anchor href="#content" className={classes.skip}>
        {texts.frame.skip}
      </Anchor>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="sm" wrap="nowrap" className={classes.place}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={texts.frame.openNavigation}
            />
            <Text component={Link} to="/" className={classes.name}>
              Lethe
            </Text>
            <DatasetSelector current={ds} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            {ds !== undefined && <SearchButton />}
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navigation} p="xs" aria-label={texts.frame.navigation}>
        <Navigation dataset={ds} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.content}>
        {ds === undefined ? (
          content
        ) : (
          <FollowDeletions dataset={ds} key={ds}>
            {content}
          </FollowDeletions>
        )}
      </AppShell.Main>
      {ds !== undefined && <Search dataset={ds} />}
    </AppShell>
  );
}
