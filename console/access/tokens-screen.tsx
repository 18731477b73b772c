import { Screen } from '../ui/screen.tsx';

export function TokensScreen() {
  return <Screen title="TokensScreen">x</Screen>;
}
