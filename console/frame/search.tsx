import { Text, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.layer.css';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { UserItem } from '../../src/profiles/user-items.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { inDataset, type Page, request } from '../api/request.ts';
import { recognizable } from '../profiles/user-name.ts';
import { segmentsQuery } from '../segments/segment-queries.ts';
import { texts } from '../texts/texts.ts';
import classes from './frame.module.css';

const segmentsShownMax = 6;
const usersShownMax = 6;
const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function SearchButton() {
  return (
    <UnstyledButton className={classes.search} onClick={spotlight.open} aria-label={texts.frame.search}>
      <Text span size="sm" visibleFrom="md">
        {texts.frame.search}
        <kbd className={classes.key}>{isApple ? '⌘K' : 'Ctrl K'}</kbd>
      </Text>
      <Text span hiddenFrom="md">
        <IconSearch size={16} aria-hidden />
      </Text>
    </UnstyledButton>
  );
}

/** Finds segments by name or id and users by a part of an identity, from wherever one is: ⌘K or Ctrl-K. */
export function Search({ dataset }: { dataset: string }) {
  const [text, setText] = useState('');
  const { segments, users, isNothing } = useFindings(dataset, text);
  const navigate = useNavigate();
  const { frame } = texts;
  return (
    <Spotlight.Root
      shortcut="mod + K"
      query={text}
      onQueryChange={setText}
      clearQueryOnClose
      scrollable
      // As much of it as there is room for below the top: all that is found, on most screens.
      maxHeight="min(560px, 80dvh)"
    >
      <Spotlight.Search
        placeholder={frame.search}
        aria-label={frame.search}
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {segments.length > 0 && (
          <Spotlight.ActionsGroup label={frame.segmentsGroup}>
            {segments.map(({ id, name }) => (
              <Spotlight.Action
                key={id}
                label={name}
                description={id}
                onClick={() => navigate({ to: '/datasets/$ds/segments/$id', params: { ds: dataset, id } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {users.length > 0 && (
          <Spotlight.ActionsGroup label={frame.usersGroup}>
            {users.map((user) => (
              <Spotlight.Action
                key={user.id}
                label={user.displayName ?? user.userId ?? user.id}
                description={valuesOf(user)}
                onClick={() => navigate({ to: '/datasets/$ds/users/$user', params: { ds: dataset, user: user.id } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {isNothing && <Spotlight.Empty>{frame.noSegmentsFound}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function valuesOf({ identities }: UserItem): string {
  return recognizable(identities)
    .map(({ value }) => value)
    .join(' · ');
}

interface Findings {
  segments: SegmentItem[];
  users: UserItem[];
  /** Something was searched for, and nothing found. */
  isNothing: boolean;
}

function useFindings(dataset: string, text: string): Findings {
  const [wanted] = useDebouncedValue(text.trim(), 200);
  const searchesUsers = wanted.length > 1;
  const { data: allSegments = [] } = useQuery({ ...segmentsQuery(dataset, true), enabled: wanted !== '' });
  const {
    data: page,
    isSuccess,
    isPlaceholderData,
  } = useQuery({
    queryKey: ['users', dataset, 'found', wanted],
    // In the body: what is searched is most often somebody's address, which belongs into no log.
    queryFn: ({ signal }) =>
      request<Page<UserItem>>('POST', inDataset(dataset, 'users', 'search'), {
        body: { search: wanted, limit: usersShownMax },
        signal,
      }),
    enabled: searchesUsers,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const fits = ({ id, name }: SegmentItem) => name.toLowerCase().includes(wanted.toLowerCase()) || id === wanted;
  const segments = wanted === '' ? [] : allSegments.filter(fits).slice(0, segmentsShownMax);
  const users = searchesUsers ? (page?.items ?? []) : [];
  const isSearched = wanted !== '' && (!searchesUsers || (isSuccess && !isPlaceholderData));
  return { segments, users, isNothing: isSearched && segments.length + users.length === 0 };
}
