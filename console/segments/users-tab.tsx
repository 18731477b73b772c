export function UsersTab() {
  return <p>users</p>;
}
