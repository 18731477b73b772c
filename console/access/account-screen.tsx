import { Screen } from '../ui/screen.tsx';

export function AccountScreen() {
  return <Screen title="AccountScreen">x</Screen>;
}
