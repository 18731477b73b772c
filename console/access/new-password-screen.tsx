import { Screen } from '../ui/screen.tsx';

export function NewPasswordScreen() {
  return <Screen title="NewPasswordScreen">x</Screen>;
}
