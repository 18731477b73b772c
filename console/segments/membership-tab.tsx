export function MembershipTab() {
  return <p>membership</p>;
}
