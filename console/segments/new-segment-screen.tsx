import { Screen } from '../ui/screen.tsx';

export function NewSegmentScreen() {
  return <Screen title="NewSegmentScreen">x</Screen>;
}
