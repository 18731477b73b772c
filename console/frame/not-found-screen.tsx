import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import { Screen } from '../ui/screen.tsx';

export function NotFoundScreen() {
  return (
    <Screen title={texts.problems.notFoundTitle} description={texts.problems.notFound}>
      <div>
        <Anchor renderRoot={(props) => <Link {...props} to="/" />}>{texts.problems.toStart}</Anchor>
      </div>
    </Screen>
  );
}
