import { Screen } from '../ui/screen.tsx';

export function SegmentScreen() {
  return <Screen title="SegmentScreen">x</Screen>;
}
