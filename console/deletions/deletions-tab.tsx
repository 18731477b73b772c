import { Anchor, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import { Empty } from '../ui/empty.tsx';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { DeletionOfHistory } from './deletion-of-history.tsx';
import { deletionsOfSegmentQuery } from './deletion-queries.ts';

const { history } = texts.deletions;

/** The bulk deletions of a segment, with their proofs and receipts; they stay for ever. */
export function DeletionsTab() {
  const { ds, id } = useParams({ from: '/signed-in/datasets/$ds/segments/$id/deletions' });
  const deletions = useInfiniteQuery(deletionsOfSegmentQuery(ds, id));
  if (deletions.error && !deletions.data)
    return <ProblemNotice error={deletions.error} retry={() => void deletions.refetch()} />;
  if (!deletions.data) return <Loading what={history.waitingFor} />;
  const jobs = deletions.data.pages.flatMap(({ items }) => items);
  if (jobs.length === 0) return <Empty title={history.none}>{history.noneText}</Empty>;
  return (
    <Stack gap="sm">
      <Stack gap="sm" component="section" aria-label={history.of}>
        {jobs.map((job) => (
          <DeletionOfHistory key={job.id} dataset={ds} job={job} />
        ))}
      </Stack>
      {deletions.hasNextPage && (
        <Group>
          <Button
            variant="default"
            loading={deletions.isFetchingNextPage}
            onClick={() => void deletions.fetchNextPage()}
          >
            {texts.actions.more}
          </Button>
        </Group>
      )}
      <Text size="sm" c="dimmed">
        {history.verify} <Code>lethe verify-receipt FILE --keys jwks.json</Code>{' '}
        <Anchor inherit href="/.well-known/jwks.json" download="jwks.json">
          {history.keys}
        </Anchor>
      </Text>
    </Stack>
  );
}
