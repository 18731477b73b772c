import type { SegmentItem } from '../../src/segments/show.ts';

/** What every dialog about a segment is given. */
export interface SegmentDialogProps {
  dataset: string;
  segment: SegmentItem;
  opened: boolean;
  onClose(): void;
}
