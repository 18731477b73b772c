import type { Job } from '../../src/deletions/job.ts';
import type { RecentChanges } from '../../src/segments/history.ts';
import type { SegmentItem } from '../../src/segments/show.ts';

/** A segment with all that its line in the list says. */
export interface ListedSegment extends SegmentItem {
  recent: RecentDays | undefined;
  /** When the last bulk deletion of its users was complete. */
  deletionCompletedAt: string | undefined;
}

/** A number for each of the last days, the oldest first. */
export interface RecentDays {
  joined: readonly number[];
  left: readonly number[];
  deleted: readonly number[];
}

export function listSegments(
  segments: readonly SegmentItem[],
  changes: RecentChanges | undefined,
  deletions: readonly Job[],
): ListedSegment[] {
  const recent = new Map(changes?.items.map((item) => [item.segment, item]));
  const none = { joined: zeros(changes), left: zeros(changes), deleted: zeros(changes) };
  return segments.map((segment) => ({
    ...segment,
    recent: changes && (recent.get(segment.id) ?? none),
    deletionCompletedAt: lastCompletion(deletions, segment.id),
  }));
}

function zeros(changes: RecentChanges | undefined): number[] {
  return (changes?.days ?? []).map(() => 0);
}

/** When the newest of these deletions (newest first) that was of this segment was complete. */
export function lastCompletion(deletions: readonly Job[], segment: string): string | undefined {
  return deletions.find((job) => job.segment.id === segment && job.completedAt !== null)?.completedAt ?? undefined;
}

export interface SegmentFilter {
  /** A part of the name in whatever case, or the whole id. */
  search: string;
  /** Undefined: all; an empty text: only segments without a folder. */
  folder: string | undefined;
}

export function filterSegments<Segment extends SegmentItem>(
  segments: readonly Segment[],
  { search, folder }: SegmentFilter,
): Segment[] {
  const wanted = search.trim().toLocaleLowerCase();
  return segments.filter(
    (segment) =>
      (segment.name.toLocaleLowerCase().includes(wanted) || segment.id.toLocaleLowerCase() === wanted) &&
      (folder === undefined || (segment.folder ?? '') === folder),
  );
}

/** The folders that segments are in, by name. */
export function foldersOf(segments: readonly SegmentItem[]): string[] {
  const folders = new Set(segments.flatMap(({ folder }) => folder ?? []));
  return [...folders].sort((a, b) => a.localeCompare(b));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
