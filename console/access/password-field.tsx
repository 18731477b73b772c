import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { texts } from '../texts/texts.ts';

/** A password that can be shown while it is typed. */
export function PasswordField(props: PasswordInputProps) {
  return (
    <PasswordInput
      required
      withAsterisk={false}
      visibilityToggleButtonProps={{ 'aria-label': texts.access.signIn.showPassword }}
      {...props}
    />
  );
}
