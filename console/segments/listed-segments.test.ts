import { expect, test } from 'vitest';
import type { Job } from '../../src/deletions/job.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { filterSegments, foldersOf, listSegments } from './listed-segments.ts';

function segment(id: string, name: string, folder: string | null = null): SegmentItem {
  const at = '2026-01-10T12:00:00.000Z';
  const made = { createdAt: at, createdBy: null, updatedAt: at, updatedBy: null };
  const ready = {
    looksAtClock: false,
    enabled: true,
    state: 'ready',
    users: 0,
    disabledBecause: null,
    usedBy: [] as SegmentItem['usedBy'],
  } as const;
  return { id, name, folder, kind: 'manual', rule: null, ...ready, ...made };
}

const segments = [segment('a1B2c', 'Staff', 'Own'), segment('d3E4f', 'Gone'), segment('g5H6i', 'Buyers', 'Élan')];
const names = (found: readonly SegmentItem[]) => found.map(({ name }) => name);

test('a search finds a part of the name in whatever case, or the whole ID', () => {
  expect(names(filterSegments(segments, { search: ' aff', folder: undefined }))).toEqual(['Staff']);
  expect(names(filterSegments(segments, { search: 'D3e4F', folder: undefined }))).toEqual(['Gone']);
  expect(filterSegments(segments, { search: 'd3e', folder: undefined })).toEqual([]);
});

test('a folder shows its own segments, and no folder those without', () => {
  expect(foldersOf(segments)).toEqual(['Élan', 'Own']);
  expect(names(filterSegments(segments, { search: '', folder: 'Own' }))).toEqual(['Staff']);
  expect(names(filterSegments(segments, { search: '', folder: '' }))).toEqual(['Gone']);
});

test('a segment that nobody joined or left has a zero for every day, once the history is known', () => {
  const changes = {
    days: ['2026-01-09', '2026-01-10'],
    items: [{ segment: 'a1B2c', joined: [0, 3], left: [1, 0], deleted: [0, 0] }],
  };
  const [staff, gone] = listSegments(segments, changes, []);
  expect(staff?.recent).toMatchObject({ joined: [0, 3], left: [1, 0] });
  expect(gone?.recent).toEqual({ joined: [0, 0], left: [0, 0], deleted: [0, 0] });
  expect(listSegments(segments, undefined, [])[0]?.recent).toBeUndefined();
});

test('the end of a deletion is that of the newest complete one of the segment', () => {
  const job = (of: string, completedAt: string | null) => ({ segment: { id: of }, completedAt }) as Job;
  const newestFirst = [
    job('a1B2c', null),
    job('d3E4f', '2026-01-10'),
    job('a1B2c', '2026-01-09'),
    job('a1B2c', '2026-01-02'),
  ];
  const [staff, gone, buyers] = listSegments(segments, undefined, newestFirst);
  expect([staff, gone, buyers].map((each) => each?.deletionCompletedAt)).toEqual([
    '2026-01-09',
    '2026-01-10',
    undefined,
  ]);
});
