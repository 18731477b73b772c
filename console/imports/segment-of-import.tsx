import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { SegmentItem } from '../../src/segments/show.ts';
import { inDataset, request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './imports.module.css';

interface ImportInDataset {
  dataset: string;
  importId: string;
}

/** A segment of exactly the users whom an import brought: to look at them, to use them, or to delete them when the file was wrong. */
export function SegmentOfImport({ dataset, importId }: ImportInDataset) {
  const [opened, { open, close }] = useDisclosure(false);
  const { segment } = texts.imports;
  return (
    <>
      <Button variant="default" onClick={open} classNames={{ root: classes.wrapping, label: classes.wrappingLabel }}>
        {segment.open}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        size="lg"
        title={segment.title}
        closeButtonProps={{ 'aria-label': texts.actions.close }}
      >
        <SegmentForm dataset={dataset} importId={importId} close={close} />
      </Modal>
    </>
  );
}

function SegmentForm({ dataset, importId, close }: ImportInDataset & { close(): void }) {
  const { segment } = texts.imports;
  const [name, setName] = useState(segment.nameOf(importId));
  const navigate = useNavigate();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), kind: 'rule', rule: { import: importId, created: true } };
      return request<SegmentItem>('POST', inDataset(dataset, 'segments'), { body });
    },
    onSuccess: async ({ id }) => {
      void queries.invalidateQueries({ queryKey: ['segments', dataset] });
      await navigate({ to: '/datasets/$ds/segments/$id', params: { ds: dataset, id } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <Text size="sm">{segment.text}</Text>
        <TextInput
          label={segment.name}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          maxLength={200}
          data-autofocus
        />
        {make.error && <ProblemNotice error={make.error} title={segment.refused} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={make.isPending}>
            {segment.action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
