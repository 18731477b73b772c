import { Anchor, Container, Typography } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import type { MouseEvent } from 'react';
import { useEffect } from 'react';
import { NotFoundScreen } from '../frame/not-found-screen.tsx';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { readPage } from './documentation.ts';
import classes from './help.module.css';

/** A page of the documentation. */
export function HelpScreen() {
  const { page } = useParams({ from: '/help/$page' });
  const router = useRouter();
  const { data, isPending } = useQuery({
    queryKey: ['help', page],
    queryFn: async () => (await readPage(page)) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    document.title = `${texts.frame.help} · Lethe`;
    const { hash } = window.location;
    if (data && hash) document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView();
  }, [data]);

  const stayInPage = (event: MouseEvent<HTMLElement>) => {
    const link = (event.target as HTMLElement).closest('a');
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !isPlain || link.origin !== window.location.origin || link.getAttribute('href')?.startsWith('#'))
      return;
    event.preventDefault();
    router.history.push(link.pathname + link.hash);
  };

  if (isPending) return <Loading what={texts.frame.help} />;
  if (!data) return <NotFoundScreen />;
  return (
    <Container size={760} py="lg" component="main">
      <nav aria-label={texts.frame.help} className={classes.way}>
        <Anchor renderRoot={(props) => <Link {...props} to="/help/$page" params={{ page: 'README' }} />}>
          {texts.frame.helpIndex}
        </Anchor>
        <Anchor renderRoot={(props) => <Link {...props} to="/" />}>{texts.frame.toConsole}</Anchor>
      </nav>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links in it are links; a click is only kept within the page. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same. */}
      <div onClick={stayInPage}>
        <Typography className={classes.page} dangerouslySetInnerHTML={{ __html: data }} />
      </div>
    </Container>
  );
}
