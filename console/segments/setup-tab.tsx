export function SetupTab() {
  return <p>setup</p>;
}
