import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { DatasetItem } from '../../src/datasets/dataset-routes.ts';
import { isProblem, Problem } from '../api/problem.ts';
import { queryOf, request } from '../api/request.ts';
import { summaryQuery } from '../profiles/user-queries.ts';
import { texts } from '../texts/texts.ts';
import { Figures } from '../ui/figures.tsx';
import { Loading } from '../ui/loading.tsx';
import { count } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { datasetsQuery } from './dataset-queries.ts';

const words = texts.datasets.dataset;

export interface DeleteDatasetProps {
  dataset: DatasetItem;
  opened: boolean;
  onClose(): void;
}

/** Says what goes with a dataset, exactly, and asks for its id. Cancel has the focus. */
export function DeleteDataset({ dataset, opened, onClose }: DeleteDatasetProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.dialog(dataset.name)}
      size="lg"
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      <DeletionForm dataset={dataset} onClose={onClose} />
    </Modal>
  );
}

function DeletionForm({ dataset, onClose }: Omit<DeleteDatasetProps, 'opened'>) {
  const [typed, setTyped] = useState('');
  const deletion = useDeletion(dataset.id);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === dataset.id) deletion.mutate();
      }}
    >
      <Stack>
        <WhatGoes dataset={dataset.id} />
        <Text size="sm">{words.goesToo}</Text>
        <Text size="sm">{words.keepReceipts}</Text>
        <TextInput
          label={words.typeId(dataset.id)}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          maw={320}
        />
        {deletion.error && <ProblemNotice error={explained(deletion.error)} title={words.refused} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" color="danger" disabled={typed !== dataset.id} loading={deletion.isPending}>
            {words.delete}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function WhatGoes({ dataset }: { dataset: string }) {
  const { data: summary, error } = useQuery(summaryQuery(dataset));
  if (error) return <ProblemNotice error={error} />;
  if (!summary) return <Loading what={words.what} lines={2} />;
  const figures = (['users', 'events', 'identities', 'segments'] as const).map((name) => ({
    name: words.figures[name],
    value: count(summary[name]),
  }));
  return (
    <div>
      <Text size="sm" mb={6}>
        {words.goes}
      </Text>
      <Figures label={words.goes} figures={figures} />
    </div>
  );
}

/** Deletes and leaves: the screens of a dataset that is gone show nothing any more. */
function useDeletion(dataset: string) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => request('DELETE', `/api/datasets/${encodeURIComponent(dataset)}${queryOf({ confirm: dataset })}`),
    onSuccess: async () => {
      queries.setQueryData(datasetsQuery.queryKey, (known) => known?.filter(({ id }) => id !== dataset));
      await navigate({ to: '/' });
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[1] === dataset });
      await queries.invalidateQueries({ queryKey: datasetsQuery.queryKey });
    },
  });
}

function explained(error: unknown): unknown {
  return isProblem(error, 'dataset.deletion_running')
    ? new Problem(error.status, { code: error.code, detail: words.running })
    : error;
}
