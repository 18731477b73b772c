import { Screen } from '../ui/screen.tsx';

export function NewImportScreen() {
  return <Screen title="NewImportScreen">x</Screen>;
}
