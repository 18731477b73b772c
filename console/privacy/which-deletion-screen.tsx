import { Screen } from '../ui/screen.tsx';

export function WhichDeletionScreen() {
  return <Screen title="WhichDeletionScreen">x</Screen>;
}
