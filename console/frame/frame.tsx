import { Anchor, AppShell } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useKeptSession } from '../access/keep-session.ts';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { FollowDeletions } from '../deletions/followed-deletion.tsx';
import { RunningDeletionStrip } from '../deletions/running-deletion-strip.tsx';
import { texts } from '../texts/texts.ts';
import classes from './frame.module.css';
import { Header } from './header.tsx';
import { lastOf, rememberDataset } from './last-dataset.ts';
import { Navigation } from './navigation.tsx';
import { Search } from './search.tsx';

/** Around every screen: dataset on top, navigation at the side, and the bulk deletion that runs in this dataset. */
export function Frame() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { ds } = useParams({ strict: false });
  const { data: datasets } = useSuspenseQuery(datasetsQuery);
  // What concerns the whole account is looked at from a dataset as well, and the way back to it stays.
  const dataset = ds ?? lastOf(datasets)?.id;
  const { pathname } = useLocation();
  useKeptSession();
  // On small screens the navigation covers the screen, so going somewhere closes it.
  useEffect(close, [pathname]);
  useEffect(() => {
    if (ds !== undefined) rememberDataset(ds);
  }, [ds]);
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
        <Header dataset={dataset} opened={opened} toggle={toggle} />
      </AppShell.Header>
      <AppShell.Navbar
        className={classes.navigation}
        data-closed={!opened || undefined}
        p="xs"
        aria-label={texts.frame.navigation}
      >
        <Navigation dataset={dataset} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.content}>
        {ds === undefined ? <Outlet /> : <ScreenOfDataset dataset={ds} key={ds} />}
      </AppShell.Main>
      {dataset !== undefined && <Search dataset={dataset} />}
    </AppShell>
  );
}

function ScreenOfDataset({ dataset }: { dataset: string }) {
  return (
    <FollowDeletions dataset={dataset}>
      <RunningDeletionStrip dataset={dataset} />
      <Outlet />
    </FollowDeletions>
  );
}
