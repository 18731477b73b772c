export function DeletionsTab() {
  return <p>deletions</p>;
}
