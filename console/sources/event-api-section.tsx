import { Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DatasetItem } from '../../src/datasets/dataset-routes.ts';
import { useMay } from '../access/me.ts';
import { request } from '../api/request.ts';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { Section } from '../datasets/section.tsx';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';

const words = texts.sources.eventApi;

/** Whether the dataset takes events of the Event API, which needs no key. */
export function EventApiSection({ dataset }: { dataset: DatasetItem }) {
  const mayConfigure = useMay('configureDataset', dataset.id);
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (eventApi: boolean) =>
      request<DatasetItem>('PATCH', `/api/datasets/${encodeURIComponent(dataset.id)}`, { body: { eventApi } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: datasetsQuery.queryKey }),
  });
  if (!mayConfigure) return null;
  return (
    <Section title={words.title} hint={words.hint}>
      {change.error && <ProblemNotice error={change.error} title={words.notChanged} />}
      <Switch
        label={words.label}
        description={dataset.eventApi ? words.on : words.off}
        checked={dataset.eventApi}
        onChange={({ currentTarget }) => change.mutate(currentTarget.checked)}
      />
    </Section>
  );
}
