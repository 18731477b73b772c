import type { SegmentItem } from '../../src/segments/show.ts';

export function SegmentDeletion(_: { dataset: string; segment: SegmentItem }) {
  return null;
}
