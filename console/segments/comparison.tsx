import { Select, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { SegmentItem } from '../../src/segments/show.ts';
import { isProblem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { OverlapPicture } from './overlap-picture.tsx';
import { comparisonQuery, segmentsQuery } from './segment-queries.ts';

export interface ComparisonProps {
  dataset: string;
  segment: SegmentItem;
}

/** How many users a segment has in common with another one, which stands in the address. */
export function Comparison({ dataset, segment }: ComparisonProps) {
  const { comparing } = texts.segments;
  const { with: otherId } = useSearch({ from: '/signed-in/datasets/$ds/segments/$id/membership' });
  const { data: segments } = useQuery(segmentsQuery(dataset, true));
  const navigate = useNavigate();
  const others = (segments ?? []).filter(({ id }) => id !== segment.id);
  const other = others.find(({ id }) => id === otherId);
  const choose = (id: string | null) =>
    void navigate({
      to: '/datasets/$ds/segments/$id/membership',
      params: { ds: dataset, id: segment.id },
      search: ({ with: _, ...rest }) => (id === null ? rest : { ...rest, with: id }),
      replace: true,
    });
  return (
    <Stack gap="sm">
      <Title order={2}>{comparing.title}</Title>
      {segments && others.length === 0 ? (
        <Text size="sm" c="dimmed">
          {comparing.none}
        </Text>
      ) : (
        <Select
          label={comparing.other}
          placeholder={comparing.choose}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': comparing.clear }}
          maw={420}
          // Names may be the same; the id tells them apart.
          data={others.map(({ id, name }) => ({ value: id, label: `${name} · ${id}` }))}
          value={other?.id ?? null}
          onChange={choose}
        />
      )}
      {segments && otherId !== undefined && !other && <Text size="sm">{comparing.gone}</Text>}
      {other && <Overlap dataset={dataset} segment={segment} other={other} key={other.id} />}
    </Stack>
  );
}

function Overlap({ dataset, segment, other }: ComparisonProps & { other: SegmentItem }) {
  const { comparing } = texts.segments;
  const { data, error, refetch } = useQuery(comparisonQuery(dataset, segment.id, other.id));
  if (isProblem(error, 'segment.computing')) {
    const name = segment.state === 'computing' ? segment.name : other.name;
    return (
      <Text size="sm" role="status">
        {comparing.computing(name)}
      </Text>
    );
  }
  if (error) return <ProblemNotice error={error} retry={refetch} />;
  if (!data) return <Loading what={comparing.loading} lines={2} />;
  return <OverlapPicture comparison={data} name={segment.name} otherName={other.name} />;
}
