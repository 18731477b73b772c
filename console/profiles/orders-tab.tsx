import { Stack, Text } from '@mantine/core';
import { texts } from '../texts/texts.ts';
import { EndlessList } from '../ui/endless-list.tsx';
import { amount } from '../ui/numbers.ts';
import { PropertiesLine, useOpenLines } from './properties-line.tsx';
import { useShownUser } from './shown-user.ts';

export function OrdersTab() {
  const { user } = useShownUser();
  const { isOpen, toggle } = useOpenLines();
  const { orderHistory: shown, figures } = user;
  const { orders: words } = texts.profiles;
  if (shown.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {words.none}
      </Text>
    );
  return (
    <Stack gap="xs">
      <EndlessList label={words.label} items={shown} total={shown.length} idOf={({ id }) => id}>
        {({ id, at, value, properties }) => (
          <PropertiesLine
            name={amount(value)}
            at={at}
            id={id}
            properties={properties}
            opened={isOpen(id)}
            onToggle={() => toggle(id)}
          />
        )}
      </EndlessList>
      {shown.length < figures.orders && (
        <Text size="sm" c="dimmed">
          {words.last(shown.length, figures.orders)}
        </Text>
      )}
    </Stack>
  );
}
