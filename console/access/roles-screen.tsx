import { Screen } from '../ui/screen.tsx';

export function RolesScreen() {
  return <Screen title="RolesScreen">x</Screen>;
}
