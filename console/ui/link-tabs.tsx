import { Link, type LinkProps, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './link-tabs.module.css';

export interface LinkTab {
  label: ReactNode;
  link: LinkProps;
  /** Open only at exactly this address, not below it: for the first of the tabs. */
  exact?: true;
}

/** Parts of one screen, each with an address of its own: links, because that is what they are. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly LinkTab[] }) {
  const strip = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    // Where it is narrow the open one may be out of view.
    strip.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname]);
  return (
    <nav ref={strip} className={classes.tabs} aria-label={label}>
      {tabs.map(({ label: name, link, exact = false }) => (
        <Link
          key={link.to as string}
          {...link}
          className={classes.tab}
          activeOptions={{ exact, includeSearch: false }}
          resetScroll={false}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

/** The exact number of what a tab shows, beside its name. */
export function TabCount({ children }: { children: ReactNode }) {
  return <span className={classes.count}>{children}</span>;
}
