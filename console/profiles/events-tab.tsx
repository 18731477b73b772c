import { Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { EventItem, UserDetails } from '../../src/profiles/show-user.ts';
import { canFollow, followed } from '../api/query-client.ts';
import { texts } from '../texts/texts.ts';
import { EndlessList } from '../ui/endless-list.tsx';
import { Following } from '../ui/following.tsx';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { amount } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ReadAt } from '../ui/read-at.tsx';
import { PropertiesLine, useOpenLines } from './properties-line.tsx';
import { useShownUser } from './shown-user.ts';
import { eventsQuery } from './user-queries.ts';

/** Everything that the user did, newest first, as it comes. */
export function EventsTab() {
  const { dataset, user } = useShownUser();
  const { action } = useSearch({ from: '/signed-in/datasets/$ds/users/$user/events' });
  const [isFollowing, setIsFollowing] = useState(true);
  const queryClient = useQueryClient();
  const query = eventsQuery(dataset, user.id, action);
  const events = useInfiniteQuery({ ...query, ...followed(isFollowing) });
  const items = useMemo(() => events.data?.pages.flatMap((page) => page.items), [events.data]);
  const { events: words } = texts.profiles;
  return (
    <Stack gap="xs">
      {user.figures.events > 0 && (
        <Group justify="space-between" align="flex-end" gap="sm">
          <ActionFilter dataset={dataset} user={user} action={action} />
          {canFollow(events.data) ? (
            <Following isFollowing={isFollowing} onChange={setIsFollowing} />
          ) : (
            <ReadAt
              at={events.data?.pages[0]?.readAt}
              onAgain={() => void queryClient.resetQueries({ queryKey: query.queryKey })}
            />
          )}
        </Group>
      )}
      {events.error && <ProblemNotice error={events.error} retry={events.refetch} />}
      {events.isPending && <Loading what={words.waitingFor} />}
      {items?.length === 0 && (
        <Text size="sm" c="dimmed">
          {action === undefined ? words.none : words.noneOfAction}
        </Text>
      )}
      {items && items.length > 0 && (
        <EventList
          key={action}
          items={items}
          total={totalOf(user, action)}
          hasMore={events.hasNextPage && !events.isFetchNextPageError}
          isLoadingMore={events.isFetchingNextPage}
          loadMore={events.fetchNextPage}
        />
      )}
    </Stack>
  );
}

function ActionFilter({ dataset, user, action }: { dataset: string; user: UserDetails; action: string | undefined }) {
  const navigate = useNavigate();
  const { events: words } = texts.profiles;
  // An address may name an action that this user never did.
  const isListed = action === undefined || user.actions.some((each) => each.action === action);
  return (
    <NativeSelect
      maw={320}
      label={words.filter}
      value={action ?? ''}
      data={[
        { value: '', label: words.all(user.figures.events) },
        ...user.actions.map((each) => ({ value: each.action, label: words.one(each.action, each.count) })),
        ...(isListed ? [] : [{ value: action, label: words.one(action, 0) }]),
      ]}
      onChange={({ currentTarget: { value } }) =>
        navigate({
          to: '/datasets/$ds/users/$user/events',
          params: { ds: dataset, user: user.id },
          search: value === '' ? {} : { action: value },
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}

interface EventListProps {
  items: readonly EventItem[];
  total: number | undefined;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): unknown;
}

function EventList({ loadMore, ...rest }: EventListProps) {
  const { isOpen, toggle } = useOpenLines();
  const { events: words } = texts.profiles;
  return (
    <EndlessList label={words.label} idOf={({ id }) => id} loadMore={() => void loadMore()} {...rest}>
      {({ id, at, action, orderValue, properties, receivedAt }) => (
        <PropertiesLine
          name={action}
          value={orderValue === null ? undefined : amount(orderValue)}
          at={at}
          id={id}
          properties={properties}
          opened={isOpen(id)}
          onToggle={() => toggle(id)}
        >
          <span>
            {words.received} <Moment at={receivedAt} as="exact" />
          </span>
        </PropertiesLine>
      )}
    </EndlessList>
  );
}

function totalOf({ figures, actions }: UserDetails, action: string | undefined): number | undefined {
  return action === undefined ? figures.events : actions.find((each) => each.action === action)?.count;
}
