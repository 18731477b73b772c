import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { UserDetails } from '../../src/profiles/show-user.ts';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Figures } from '../ui/figures.tsx';
import { Moment } from '../ui/moment.tsx';
import { amount, count } from '../ui/numbers.ts';
import { columnsOf } from '../ui/table-features.ts';
import classes from './profiles.module.css';
import { useShownUser } from './shown-user.ts';

/** Anonymous ids that the overview shows; all are among the identities. */
const anonymousIdsShownMax = 3;

export function OverviewTab() {
  const { dataset, user } = useShownUser();
  const { figures } = texts.profiles.user;
  return (
    <Stack gap="lg">
      <Figures
        label={figures.label}
        figures={[
          { name: figures.events, value: count(user.figures.events) },
          { name: figures.visits, value: count(user.figures.visits) },
          { name: figures.orders, value: count(user.figures.orders) },
          { name: figures.revenue, value: amount(user.figures.revenue) },
        ]}
      />
      <div className={classes.overview}>
        <About dataset={dataset} user={user} />
        <Actions dataset={dataset} user={user} />
      </div>
    </Stack>
  );
}

interface Shown {
  dataset: string;
  user: UserDetails;
}

function About({ dataset, user }: Shown) {
  const { user: words } = texts.profiles;
  return (
    <section aria-labelledby="about">
      <Title order={2} id="about" mb="xs">
        {words.about}
      </Title>
      <dl className={classes.facts}>
        <Fact name={words.displayName}>{user.displayName ?? texts.none}</Fact>
        <Fact name={words.id}>
          <Copyable value={user.id} label={words.id} />
        </Fact>
        {user.namedUserId !== null && (
          <Fact name={words.userId}>
            <Copyable value={user.namedUserId} label={words.userId} />
          </Fact>
        )}
        {user.anonAliases.length > 0 && (
          <Fact name={words.anonymousIds}>
            <AnonymousIds dataset={dataset} user={user} />
          </Fact>
        )}
        <Fact name={words.firstActivity}>{momentOrNone(user.firstActivity)}</Fact>
        <Fact name={words.lastActivity}>{momentOrNone(user.lastActivity)}</Fact>
        <Fact name={words.created}>
          <Moment at={user.created} />
        </Fact>
        <Fact name={words.updated}>
          <Moment at={user.updated} />
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function AnonymousIds({ dataset, user }: Shown) {
  const { anonymousIds, moreIdentities } = texts.profiles.user;
  const more = user.anonAliases.length - anonymousIdsShownMax;
  return (
    <Stack gap={2} align="flex-start">
      {user.anonAliases.slice(0, anonymousIdsShownMax).map((value) => (
        <Copyable key={value} value={value} label={`${anonymousIds} ${value}`} />
      ))}
      {more > 0 && (
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link {...props} to="/datasets/$ds/users/$user/identities" params={{ ds: dataset, user: user.id }} />
          )}
        >
          {moreIdentities(more)}
        </Anchor>
      )}
    </Stack>
  );
}

type Action = UserDetails['actions'][number];
const column = columnsOf<Action>();

function Actions({ dataset, user }: Shown) {
  const { user: words } = texts.profiles;
  const columns = useMemo(() => actionColumns(dataset, user.id), [dataset, user.id]);
  return (
    <section aria-labelledby="actions">
      <Title order={2} id="actions" mb="xs">
        {words.actions}
      </Title>
      {user.actions.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.noActions}
        </Text>
      ) : (
        <DataTable label={words.actions} columns={columns} rows={user.actions} idOf={({ action }) => action} />
      )}
    </section>
  );
}

function actionColumns(ds: string, user: string) {
  const names = texts.profiles.user.actionColumns;
  return column.columns([
    column.accessor('action', {
      header: names.action,
      cell: ({ row: { original } }) => (
        <Anchor
          inherit
          renderRoot={(props) => (
            <Link
              {...props}
              to="/datasets/$ds/users/$user/events"
              params={{ ds, user }}
              search={{ action: original.action }}
            />
          )}
        >
          {original.action}
        </Anchor>
      ),
    }),
    column.accessor('count', {
      header: names.count,
      meta: { numeric: true },
      cell: ({ row: { original } }) => count(original.count),
    }),
    column.accessor('first', {
      header: names.first,
      meta: { wide: true },
      cell: ({ row: { original } }) => <Moment at={original.first} />,
    }),
    column.accessor('last', {
      header: names.last,
      cell: ({ row: { original } }) => <Moment at={original.last} />,
    }),
  ]);
}

function momentOrNone(at: string | null) {
  return at === null ? texts.none : <Moment at={at} />;
}
