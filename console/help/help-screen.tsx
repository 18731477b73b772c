import { Anchor, Typography } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { type MouseEvent, useEffect, useRef } from 'react';
import { NotFoundScreen } from '../frame/not-found-screen.tsx';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { readPage } from './documentation.ts';
import classes from './help.module.css';
import { useReachableByKeyboard } from './reachable-by-keyboard.ts';
import type { HelpPage } from './render-page.ts';
import { showSection } from './show-section.ts';

/** A page of the documentation. */
export function HelpScreen() {
  const { page } = useParams({ from: '/help/$page' });
  const { data, isPending, error, refetch } = useQuery({
    queryKey: ['help', page],
    queryFn: async () => (await readPage(page)) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data)
    return (
      <main className={classes.alone}>
        {isPending && <Loading what={texts.frame.help} />}
        {error && <ProblemNotice error={error} retry={() => void refetch()} />}
        {data === null && <NotFoundScreen />}
      </main>
    );
  return (
    <div className={classes.layout}>
      <nav aria-label={texts.frame.help} className={classes.way}>
        <Anchor renderRoot={(props) => <Link {...props} to="/help/$page" params={{ page: 'README' }} />}>
          {texts.frame.helpIndex}
        </Anchor>
        <Anchor renderRoot={(props) => <Link {...props} to="/" />}>{texts.frame.toConsole}</Anchor>
      </nav>
      <Contents page={data} />
      <main className={classes.main}>
        <Page key={page} page={data} />
      </main>
    </div>
  );
}

/** The sections of a long page, where there is room beside it. */
function Contents({ page: { sections } }: { page: HelpPage }) {
  if (sections.length < 2) return null;
  return (
    <nav aria-labelledby="help-contents" className={classes.contents}>
      <div id="help-contents" className={classes.contentsTitle}>
        {texts.frame.helpContents}
      </div>
      <ul>
        {sections.map(({ id, name }) => (
          <li key={id}>
            <a href={`#${id}`}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Page({ page: { title, html } }: { page: HelpPage }) {
  const router = useRouter();
  const frame = useRef<HTMLDivElement>(null);
  useReachableByKeyboard(frame);
  useEffect(() => {
    document.title = `${title} · Lethe`;
    const { hash } = window.location;
    const section = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (section && frame.current) return showSection(frame.current, section);
    frame.current?.querySelector('h1')?.focus({ preventScroll: true });
  }, [title]);

  const stayInPage = (event: MouseEvent<HTMLElement>) => {
    const link = (event.target as HTMLElement).closest('a');
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !isPlain || link.target !== '' || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    router.history.push(link.pathname + link.hash);
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the links in it are links; a click is only kept within the page.
    // biome-ignore lint/a11y/noStaticElementInteractions: the same.
    <div onClick={stayInPage} ref={frame}>
      <Typography className={classes.page} dangerouslySetInnerHTML={{ __html: html }} />
    </div>
  );
}
