import { Link, type LinkProps } from '@tanstack/react-router';
import type { SegmentItem } from '../../src/segments/show.ts';
import { texts } from '../texts/texts.ts';
import { count } from '../ui/numbers.ts';
import classes from './segment.module.css';

export interface SegmentTabsProps {
  dataset: string;
  segment: SegmentItem;
  /** How many bulk deletions it had; undefined while that is not known. */
  deletions: number | undefined;
}

/** The parts of a segment, as links: each has an address. */
export function SegmentTabs({ dataset, segment, deletions }: SegmentTabsProps) {
  const { header, computing } = texts.segments;
  const params = { ds: dataset, id: segment.id };
  const users = segment.users === null ? computing : count(segment.users);
  const deletionsText = deletions === undefined ? '' : count(deletions);
  return (
    <nav className={classes.tabs} aria-label={header.tabs}>
      <Tab label={header.users} figure={users} link={{ to: '/datasets/$ds/segments/$id/users', params }} />
      <Tab label={header.membership} link={{ to: '/datasets/$ds/segments/$id/membership', params }} />
      <Tab
        label={header.deletions}
        figure={deletionsText}
        link={{ to: '/datasets/$ds/segments/$id/deletions', params }}
      />
      <Tab label={header.setup} link={{ to: '/datasets/$ds/segments/$id/setup', params }} />
    </nav>
  );
}

function Tab({ label, figure, link }: { label: string; figure?: string; link: LinkProps }) {
  return (
    <Link {...link} className={classes.tab} activeOptions={{ includeSearch: false }}>
      {label}
      {figure !== undefined && figure !== '' && (
        <>
          {' '}
          <span className={classes.figure}>{figure}</span>
        </>
      )}
    </Link>
  );
}
