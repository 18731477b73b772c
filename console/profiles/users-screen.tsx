import { Screen } from '../ui/screen.tsx';

export function UsersScreen() {
  return <Screen title="UsersScreen">x</Screen>;
}
