import { newId } from './condition-draft.ts';
import { type Draft, type DraftEntry, type DraftGroup, isGroup } from './draft.ts';

/** As many groups within groups as a rule may have (`ruleLevelsMax` of the server). */
export const levelsMax = 8;

/** One step up or down. */
export type Step = -1 | 1;

/** The draft with this entry replaced by what `change` makes of it; nothing takes it out. */
export function changed(draft: Draft, id: string, change: (entry: DraftEntry) => DraftEntry | undefined): Draft {
  if (draft.id === id) return { ...draft, ...change(draft) };
  return { ...draft, entries: changedWithin(draft.entries, id, change) };
}

function changedWithin(
  entries: DraftEntry[],
  id: string,
  change: (entry: DraftEntry) => DraftEntry | undefined,
): DraftEntry[] {
  const next = entries.flatMap((entry) => {
    if (entry.id === id) return change(entry) ?? [];
    if (!isGroup(entry)) return entry;
    const within = changedWithin(entry.entries, id, change);
    return within === entry.entries ? entry : { ...entry, entries: within };
  });
  // What did not change stays the very object, so that the page draws anew only what did.
  return next.length === entries.length && next.every((entry, index) => entry === entries[index]) ? entries : next;
}

/** Puts an entry at the end of a group. */
export function added(draft: Draft, group: string, entry: DraftEntry): Draft {
  return changed(draft, group, (found) => (isGroup(found) ? { ...found, entries: [...found.entries, entry] } : found));
}

export function removed(draft: Draft, id: string): Draft {
  return changed(draft, id, () => undefined);
}

/** Puts a copy of an entry after it. The copy has ids of its own, and the first of them is `copyId`. */
export function duplicated(draft: Draft, id: string, copyId: string): Draft {
  return withSiblings(draft, id, (entries, index) => {
    const original = entries[index];
    return original ? entries.toSpliced(index + 1, 0, { ...copyOf(original), id: copyId }) : entries;
  });
}

function copyOf(entry: DraftEntry): DraftEntry {
  if (isGroup(entry)) return { ...entry, id: newId(), entries: entry.entries.map(copyOf) };
  const { condition } = entry;
  if (!('where' in condition)) return { id: newId(), condition };
  return { id: newId(), condition: { ...condition, where: condition.where.map((line) => ({ ...line, id: newId() })) } };
}

/** Whether there is somewhere to go: everywhere but beyond the ends of the rule. */
export function mayMove(draft: Draft, id: string, step: Step): boolean {
  const index = draft.entries.findIndex((entry) => entry.id === id);
  return index === -1 || (step === -1 ? index > 0 : index < draft.entries.length - 1);
}

/** One step in the order in which the lines stand on the page: past a neighbour, into a group, and out of one at its end. */
export function moved(draft: Draft, id: string, step: Step): Draft {
  const group = groupAround(draft, id);
  const index = group?.entries.findIndex((entry) => entry.id === id) ?? -1;
  const entry = group?.entries[index];
  if (!group || !entry) return draft;
  const neighbour = group.entries[index + step];
  if (!neighbour) return group.id === draft.id ? draft : movedOut(draft, group, entry, step);
  if (isGroup(neighbour) && !isGroup(entry)) return movedInto(draft, neighbour, entry, step);
  return withSiblings(draft, id, (entries) => entries.toSpliced(index, 1).toSpliced(index + step, 0, entry));
}

function movedOut(draft: Draft, group: DraftGroup, entry: DraftEntry, step: Step): Draft {
  return withSiblings(removed(draft, entry.id), group.id, (entries, index) =>
    entries.toSpliced(step === -1 ? index : index + 1, 0, entry),
  );
}

function movedInto(draft: Draft, group: DraftGroup, entry: DraftEntry, step: Step): Draft {
  return changed(removed(draft, entry.id), group.id, (found) =>
    isGroup(found) ? { ...found, entries: step === 1 ? [entry, ...found.entries] : [...found.entries, entry] } : found,
  );
}

/** Changes the entries of the group in which this one stands. */
function withSiblings(draft: Draft, id: string, change: (entries: DraftEntry[], index: number) => DraftEntry[]): Draft {
  const around = groupAround(draft, id);
  if (!around) return draft;
  return changed(draft, around.id, (group) =>
    isGroup(group)
      ? {
          ...group,
          entries: change(
            group.entries,
            group.entries.findIndex((entry) => entry.id === id),
          ),
        }
      : group,
  );
}

function groupAround(group: DraftGroup, id: string): DraftGroup | undefined {
  if (group.entries.some((entry) => entry.id === id)) return group;
  for (const entry of group.entries) {
    const found = isGroup(entry) ? groupAround(entry, id) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Where to go on when this entry is gone: the one that takes its place, the one before it, or the group. */
export function neighbourOf(draft: Draft, id: string): string {
  const group = groupAround(draft, id);
  const index = group?.entries.findIndex((entry) => entry.id === id) ?? -1;
  return (group?.entries[index + 1] ?? group?.entries[index - 1] ?? group ?? draft).id;
}

/** Groups within groups of the rule that this draft says. */
export function levelsOf(draft: Draft): number {
  return ownLevels(draft) + levelsIn(draft.entries);
}

/** The groups of a rule that a group of the draft is: none of several is two, and an only entry of the outermost needs no group. */
export function ownLevels(group: DraftGroup | Draft): number {
  const isOnly = group.entries.length === 1;
  if (group.join === 'none') return isOnly ? 1 : 2;
  return 'plain' in group && group.plain && isOnly ? 0 : 1;
}

function levelsIn(entries: readonly DraftEntry[]): number {
  return Math.max(0, ...entries.map((entry) => (isGroup(entry) ? ownLevels(entry) + levelsIn(entry.entries) : 0)));
}

/** Puts a group into a group, of the other kind: within "all of these" one most often wants "any of these". */
export function groupAdded(draft: Draft, group: string, id: string): Draft {
  return changed(draft, group, (found) => {
    if (!isGroup(found)) return found;
    const inner: DraftGroup = { id, join: found.join === 'all' ? 'any' : 'all', entries: [] };
    return { ...found, entries: [...found.entries, inner] };
  });
}

/** Whether a rule may have one more group within this one, which stands in `above` groups. */
export function mayAddGroup(group: DraftGroup, above: number): boolean {
  const inner: DraftGroup = { id: 'one more', join: 'all', entries: [] };
  const after = { ...group, entries: [...group.entries, inner] };
  return above + ownLevels(after) + levelsIn(after.entries) <= levelsMax;
}
