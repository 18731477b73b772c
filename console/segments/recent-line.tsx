import { texts } from '../texts/texts.ts';
import { Sparkline } from '../ui/sparkline.tsx';
import { type RecentDays, sum } from './listed-segments.ts';

/** Who joined, as a line above, and who left or was deleted, below; the exact numbers on hover. */
export function RecentLine({ recent }: { recent: RecentDays }) {
  return (
    <Sparkline
      label={recentInWords(recent)}
      series={[
        { values: recent.joined, side: 'up', tone: 'accent' },
        { values: recent.left, side: 'down', tone: 'quiet' },
        { values: recent.deleted, side: 'down', tone: 'danger' },
      ]}
    />
  );
}

export function recentInWords({ joined, left, deleted }: RecentDays): string {
  return texts.segments.list.lastDays(joined.length, sum(joined), sum(left), sum(deleted));
}
