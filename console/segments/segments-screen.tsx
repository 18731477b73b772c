import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { listSegments } from './listed-segments.ts';
import { NoSegments } from './no-segments.tsx';
import { SegmentList } from './segment-list.tsx';
import { deletionsQuery, recentChangesQuery, segmentsQuery } from './segment-queries.ts';

const from = '/signed-in/datasets/$ds/segments';

/** User Segments: all segments of the dataset, and what is known of the one that is selected. */
export function SegmentsScreen() {
  const { ds: dataset } = useParams({ from });
  const mayEdit = useMay('editSegments', dataset);
  return (
    <Screen
      title={texts.segments.title}
      actions={
        mayEdit && (
          <Button renderRoot={(props) => <Link {...props} to="/datasets/$ds/segments/new" params={{ ds: dataset }} />}>
            {texts.segments.newSegment}
          </Button>
        )
      }
    >
      {/* What is searched and selected in one dataset is nothing to another. */}
      <Segments dataset={dataset} key={dataset} />
    </Screen>
  );
}

function Segments({ dataset }: { dataset: string }) {
  const { showDisabled = false } = useSearch({ from });
  const { data, error, isPending, refetch } = useQuery({
    ...segmentsQuery(dataset, showDisabled),
    placeholderData: keepPreviousData,
  });
  // Where none is enabled the list is empty, and not because there are none.
  const isEmpty = data?.length === 0 && !showDisabled;
  const { data: withDisabled } = useQuery({ ...segmentsQuery(dataset, true), enabled: isEmpty });
  const { data: changes } = useQuery(recentChangesQuery(dataset));
  const isOfInterest = data?.some(({ disabledBecause }) => disabledBecause === 'deletion') ?? false;
  const { data: deletions = [] } = useQuery({ ...deletionsQuery(dataset), enabled: isOfInterest });

  if (error && !data) return <ProblemNotice error={error} retry={refetch} />;
  if (isPending || (isEmpty && !withDisabled)) return <Loading what={texts.segments.list.loading} />;
  if (isEmpty && withDisabled?.length === 0) return <NoSegments dataset={dataset} />;
  if (data?.length === 0 && showDisabled) return <NoSegments dataset={dataset} />;
  return <SegmentList dataset={dataset} segments={listSegments(data ?? [], changes, deletions)} />;
}
