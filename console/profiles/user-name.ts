/** What people call a user: the display name, or Lethe's id of somebody who has none. */
export function nameOf({ id, displayName }: { id: string; displayName: string | null }): string {
  return displayName ?? id;
}
