import { Button, Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { Confirmation } from '../ui/confirmation.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { columnsOf } from '../ui/table-features.ts';
import { askAuth, currentSession, type Session } from './auth-calls.ts';
import classes from './cells.module.css';
import { placeOf } from './session-place.ts';

const words = texts.access.account.sessions;

interface OwnSession extends Session {
  isThis: boolean;
}

const sessionsQuery = queryOptions({
  queryKey: ['own-sessions'],
  queryFn: async ({ signal }): Promise<OwnSession[]> => {
    const sessions = await request<Session[]>('GET', '/api/auth/list-sessions', { signal });
    const current = await currentSession(signal);
    return sessions
      .map((session) => ({ ...session, isThis: session.id === current?.session.id }))
      .sort((a, b) => Number(b.isThis) - Number(a.isThis) || b.createdAt.localeCompare(a.createdAt));
  },
});

/** Where the member is signed in, this browser first, and the way to end what is not theirs. */
export function Sessions() {
  const { data, error, refetch } = useQuery(sessionsQuery);
  const queryClient = useQueryClient();
  const [asksOthers, setAsksOthers] = useState(false);
  const ended = (message: string) => {
    notifications.show({ message });
    setAsksOthers(false);
    return queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  };
  const end = useMutation({
    mutationFn: (token: string) => askAuth('revoke-session', { token }),
    onSuccess: () => ended(words.ended),
  });
  const endOthers = useMutation({
    mutationFn: () => askAuth('revoke-other-sessions', {}),
    onSuccess: () => ended(words.othersEnded),
  });
  const { mutate } = end;
  const columns = useMemo(() => columnsOfSessions(mutate), [mutate]);
  if (error !== null) return <ProblemNotice error={error} retry={refetch} />;
  if (data === undefined) return <Loading what={words.waitingFor} lines={3} />;
  const others = data.filter(({ isThis }) => !isThis).length;
  return (
    <Stack gap="sm" align="stretch">
      {end.error !== null && <ProblemNotice error={end.error} />}
      <DataTable label={words.title} columns={columns} rows={data} idOf={({ id }) => id} />
      {others > 0 && (
        <Group>
          <Button variant="default" onClick={() => setAsksOthers(true)}>
            {words.endOthers}
          </Button>
        </Group>
      )}
      <Confirmation
        opened={asksOthers}
        title={words.endOthersTitle}
        action={words.endOthers}
        busy={endOthers.isPending}
        error={endOthers.error}
        onConfirm={() => endOthers.mutate()}
        onCancel={() => setAsksOthers(false)}
      >
        {words.endOthersText(others)}
      </Confirmation>
    </Stack>
  );
}

const column = columnsOf<OwnSession>();

function columnsOfSessions(end: (token: string) => void) {
  return [
    column.accessor(({ userAgent }) => placeOf(userAgent), {
      id: 'place',
      header: words.place,
      enableSorting: false,
      cell: ({ getValue, row }) => (
        <Group gap="xs" wrap="nowrap">
          <span className={classes.nowrap}>{getValue()}</span>
          {row.original.isThis && (
            <Text span size="xs" fw={600} c="var(--mantine-color-anchor)" className={classes.nowrap}>
              {words.this}
            </Text>
          )}
        </Group>
      ),
    }),
    column.accessor('ipAddress', {
      header: words.address,
      enableSorting: false,
      cell: ({ getValue }) => getValue() ?? texts.none,
    }),
    column.accessor('createdAt', {
      header: words.since,
      enableSorting: false,
      cell: ({ getValue }) => <Moment at={getValue()} />,
    }),
    column.accessor('expiresAt', {
      header: words.ends,
      enableSorting: false,
      meta: { wide: true },
      cell: ({ getValue }) => <Moment at={getValue()} />,
    }),
    column.display({
      id: 'end',
      header: () => <VisuallyHidden>{words.end}</VisuallyHidden>,
      cell: ({ row: { original } }) =>
        !original.isThis && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={words.endOf(placeOf(original.userAgent))}
            onClick={() => end(original.token)}
          >
            {words.end}
          </Button>
        ),
    }),
  ];
}
