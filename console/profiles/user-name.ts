/** What people call a user: the display name, or Lethe's id of somebody who has none. */
export function nameOf({ id, displayName }: { id: string; displayName: string | null }): string {
  return displayName ?? id;
}

/** Identities as people tell users apart by them: what a browser made up comes last, where a column cuts off first. */
export function recognizable<Identity extends { type: string }>(identities: readonly Identity[]): Identity[] {
  return identities.toSorted((a, b) => Number(a.type === 'anonymousId') - Number(b.type === 'anonymousId'));
}
