import { Screen } from '../ui/screen.tsx';

export function ImportScreen() {
  return <Screen title="ImportScreen">x</Screen>;
}
