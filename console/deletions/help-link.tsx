import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';

/** A page of the documentation, beside this one: what was typed here stays. */
export function HelpLink({ page, label }: { page: string; label: string }) {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/help/$page" params={{ page }} target="_blank" />}>
      {label}
    </Anchor>
  );
}
