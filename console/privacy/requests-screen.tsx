import { Screen } from '../ui/screen.tsx';

export function RequestsScreen() {
  return <Screen title="RequestsScreen">x</Screen>;
}
