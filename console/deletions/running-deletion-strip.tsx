export function RunningDeletionStrip(_: { dataset: string }) {
  return null;
}
