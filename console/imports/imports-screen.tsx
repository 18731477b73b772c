import { Screen } from '../ui/screen.tsx';

export function ImportsScreen() {
  return <Screen title="ImportsScreen">x</Screen>;
}
