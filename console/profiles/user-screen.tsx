import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { UserDetails } from '../../src/profiles/show-user.ts';
import { useMay } from '../access/me.ts';
import { isProblem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { LinkTabs, TabCount } from '../ui/link-tabs.tsx';
import { Loading } from '../ui/loading.tsx';
import { count } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { type DeletedRows, DeleteUser } from './delete-user.tsx';
import { DeletedUser, NoSuchUser } from './gone-user.tsx';
import { nameOf } from './user-name.ts';
import { userQuery } from './user-queries.ts';

export function UserScreen() {
  const { ds, user } = useParams({ from: '/signed-in/datasets/$ds/users/$user' });
  return <OneUser key={`${ds} ${user}`} dataset={ds} id={user} />;
}

function OneUser({ dataset, id }: { dataset: string; id: string }) {
  const [deleted, setDeleted] = useState<DeletedRows>();
  const { data: user, error, refetch } = useQuery({ ...userQuery(dataset, id), enabled: deleted === undefined });
  if (deleted) return <DeletedUser dataset={dataset} id={id} rows={deleted} />;
  if (isProblem(error, 'user.unknown')) return <NoSuchUser dataset={dataset} id={id} />;
  if (user) return <ShownUser dataset={dataset} user={user} onDeleted={setDeleted} />;
  return (
    <Screen title={texts.profiles.user.windowTitle(id)} crumbs={crumbsOf(dataset)}>
      {error ? (
        <ProblemNotice error={error} title={texts.profiles.user.notRead} retry={refetch} />
      ) : (
        <Loading what={texts.profiles.user.windowTitle(id)} />
      )}
    </Screen>
  );
}

interface ShownUserProps {
  dataset: string;
  user: UserDetails;
  onDeleted(rows: DeletedRows): void;
}

function ShownUser({ dataset, user, onDeleted }: ShownUserProps) {
  const mayDelete = useMay('deleteUser', dataset);
  return (
    <Screen
      title={nameOf(user)}
      windowTitle={texts.profiles.user.windowTitle(user.id)}
      crumbs={crumbsOf(dataset)}
      beside={
        <Badge variant="outline" color="gray" tt="none">
          {user.anonymous ? texts.profiles.user.anonymous : texts.profiles.user.named}
        </Badge>
      }
      actions={mayDelete && <DeleteUser dataset={dataset} user={user} onDeleted={onDeleted} />}
    >
      <Parts dataset={dataset} user={user} />
      <Outlet />
    </Screen>
  );
}

function Parts({ dataset, user }: { dataset: string; user: UserDetails }) {
  const params = { ds: dataset, user: user.id };
  const { tabs, parts } = texts.profiles.user;
  const numbered = (name: string, number: number) => (
    <>
      {name} <TabCount>{count(number)}</TabCount>
    </>
  );
  const { attributes, identities, figures, segmentMembership } = user;
  return (
    <LinkTabs
      label={parts}
      tabs={[
        { label: tabs.overview, link: { to: '/datasets/$ds/users/$user', params }, exact: true },
        {
          label: numbered(tabs.attributes, attributes.length),
          link: { to: '/datasets/$ds/users/$user/attributes', params },
        },
        {
          label: numbered(tabs.identities, identities.length),
          link: { to: '/datasets/$ds/users/$user/identities', params },
        },
        { label: numbered(tabs.events, figures.events), link: { to: '/datasets/$ds/users/$user/events', params } },
        { label: numbered(tabs.visits, figures.visits), link: { to: '/datasets/$ds/users/$user/visits', params } },
        { label: numbered(tabs.orders, figures.orders), link: { to: '/datasets/$ds/users/$user/orders', params } },
        {
          label: numbered(tabs.segments, segmentMembership.length),
          link: { to: '/datasets/$ds/users/$user/segments', params },
        },
      ]}
    />
  );
}

function crumbsOf(dataset: string) {
  return [{ label: texts.profiles.list.title, link: { to: '/datasets/$ds/users', params: { ds: dataset } } as const }];
}
