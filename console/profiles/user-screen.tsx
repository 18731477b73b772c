import { Screen } from '../ui/screen.tsx';

export function UserScreen() {
  return <Screen title="UserScreen">x</Screen>;
}
