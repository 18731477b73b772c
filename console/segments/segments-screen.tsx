import { Screen } from '../ui/screen.tsx';

export function SegmentsScreen() {
  return <Screen title="SegmentsScreen">x</Screen>;
}
