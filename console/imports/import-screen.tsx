import { Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ImportDetails } from '../../src/imports/import-routes.ts';
import { useMay } from '../access/me.ts';
import { isProblem } from '../api/problem.ts';
import { NotFoundScreen } from '../frame/not-found-screen.tsx';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { Moment } from '../ui/moment.tsx';
import { bytes } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { ImportErrors } from './import-errors.tsx';
import { ImportOutcome } from './import-outcome.tsx';
import { importQuery } from './import-queries.ts';
import classes from './imports.module.css';
import { SegmentOfImport } from './segment-of-import.tsx';

export function ImportScreen() {
  const { ds, id } = useParams({ from: '/signed-in/datasets/$ds/imports/$id' });
  const { data: item, error, refetch } = useQuery(importQuery(ds, id));
  const mayMakeSegments = useMay('editSegments', ds);
  const { one, list } = texts.imports;
  if (isProblem(error, 'import.unknown')) return <NotFoundScreen />;
  return (
    <Screen
      title={one.title(id)}
      crumbs={[{ label: list.title, link: { to: '/datasets/$ds/imports', params: { ds } } }]}
      description={item && <Facts item={item} />}
      actions={mayMakeSegments && item?.state === 'completed' && <SegmentOfImport dataset={ds} importId={id} />}
    >
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!item && !error && <Loading what={one.what} />}
      {item && (
        <>
          <ImportOutcome item={item} />
          {item.rejected > 0 && <ImportErrors dataset={ds} item={item} />}
          {item.ignoredColumns.length > 0 && <IgnoredColumns names={item.ignoredColumns} />}
        </>
      )}
    </Screen>
  );
}

function Facts({ item }: { item: ImportDetails }) {
  const { one, kinds, formats } = texts.imports;
  return (
    <>
      {one.facts(kinds[item.kind], formats[item.format], bytes(item.bytes))} · {one.by(item.requestedBy.name)},{' '}
      <Moment at={item.createdAt} as="exact" />
    </>
  );
}

function IgnoredColumns({ names }: { names: readonly string[] }) {
  const { one } = texts.imports;
  return (
    <Stack component="section" gap={6} aria-labelledby="ignored-columns">
      <Title order={2} id="ignored-columns">
        {one.ignored}
      </Title>
      <Text size="sm" c="dimmed">
        {one.ignoredHint}
      </Text>
      <Group component="ul" gap="xs" className={classes.names}>
        {names.map((name) => (
          <li key={name} className={classes.nameOfColumn}>
            {name}
          </li>
        ))}
      </Group>
    </Stack>
  );
}
