import { Badge } from '@mantine/core';
import type { SegmentItem } from '../../src/segments/show.ts';
import { texts } from '../texts/texts.ts';
import { Moment } from '../ui/moment.tsx';
import classes from './segment.module.css';

export interface SegmentBadgeProps {
  segment: SegmentItem;
  /** When the last bulk deletion of its users was complete, where that is known. */
  deletionCompletedAt: string | undefined;
}

/** What is out of the ordinary about a segment: that its users are being deleted, or why it is disabled. Nothing for others. */
export function SegmentBadge({ segment, deletionCompletedAt }: SegmentBadgeProps) {
  if (segment.state === 'deleting') return <Badge className={classes.deletingBadge}>{texts.segments.deleting}</Badge>;
  if (segment.enabled) return null;
  return (
    <Badge className={classes.badge}>
      {segment.disabledBecause === 'byHand' && texts.segments.disabledByHand}
      {segment.disabledBecause !== 'byHand' && (
        <>
          {texts.segments.disabledByDeletion}
          {deletionCompletedAt !== undefined && (
            <>
              {' '}
              <Moment at={deletionCompletedAt} as="brief" />
            </>
          )}
        </>
      )}
    </Badge>
  );
}
