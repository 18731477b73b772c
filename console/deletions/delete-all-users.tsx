import type { SegmentItem } from '../../src/segments/show.ts';

export function DeleteAllUsers(_: { dataset: string; segment: SegmentItem }) {
  return null;
}
