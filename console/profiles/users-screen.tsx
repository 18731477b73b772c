import { Button, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Summary } from '../../src/profiles/list-users.ts';
import { useMay } from '../access/me.ts';
import { inDataset } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { Figures } from '../ui/figures.tsx';
import { Loading } from '../ui/loading.tsx';
import { amount, count } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { NoUsers } from './no-users.tsx';
import { UserList } from './user-list.tsx';
import { summaryQuery } from './user-queries.ts';

/** Everybody in the dataset: how many, exactly, and who. */
export function UsersScreen() {
  const { ds } = useParams({ from: '/signed-in/datasets/$ds/users' });
  const mayExport = useMay('exportUsers', ds);
  const { data: summary, error, refetch } = useQuery(summaryQuery(ds));
  const { list } = texts.profiles;
  return (
    <Screen
      title={list.title}
      beside={summary && <Text c="dimmed">{texts.users(summary.users)}</Text>}
      actions={mayExport && summary && summary.users > 0 && <ExportAllUsers dataset={ds} />}
    >
      {error && <ProblemNotice error={error} retry={refetch} />}
      {!summary && !error && <Loading what={list.users} />}
      {summary?.users === 0 && <NoUsers dataset={ds} />}
      {summary && summary.users > 0 && (
        <>
          <SummaryFigures summary={summary} />
          <UserList dataset={ds} total={summary.users} />
        </>
      )}
    </Screen>
  );
}

function SummaryFigures({ summary }: { summary: Summary }) {
  const { list } = texts.profiles;
  return (
    <Figures
      label={list.inDataset}
      figures={[
        { name: list.named, value: count(summary.named) },
        { name: list.anonymous, value: count(summary.anonymous) },
        { name: list.events, value: count(summary.events) },
        { name: list.orders, value: count(summary.orders) },
        { name: list.revenue, value: amount(summary.revenue) },
      ]}
    />
  );
}

function ExportAllUsers({ dataset }: { dataset: string }) {
  return (
    <Button
      component="a"
      href={inDataset(dataset, 'users', 'export')}
      download
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      {texts.profiles.list.export}
    </Button>
  );
}
