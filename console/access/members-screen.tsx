import { Screen } from '../ui/screen.tsx';

export function MembersScreen() {
  return <Screen title="MembersScreen">x</Screen>;
}
