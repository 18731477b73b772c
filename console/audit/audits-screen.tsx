import { Screen } from '../ui/screen.tsx';

export function AuditsScreen() {
  return <Screen title="AuditsScreen">x</Screen>;
}
