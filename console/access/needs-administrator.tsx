import { texts } from '../texts/texts.ts';
import { Empty } from '../ui/empty.tsx';
import { Screen } from '../ui/screen.tsx';

/** In place of a screen that only Administrators see, when somebody else types its address. */
export function NeedsAdministrator({ title }: { title: string }) {
  const words = texts.access.needsAdministrator;
  return (
    <Screen title={title}>
      <Empty title={words.title}>{words.text}</Empty>
    </Screen>
  );
}
