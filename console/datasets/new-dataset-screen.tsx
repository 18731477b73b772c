import { Screen } from '../ui/screen.tsx';

export function NewDatasetScreen() {
  return <Screen title="NewDatasetScreen">x</Screen>;
}
