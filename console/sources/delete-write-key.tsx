import { Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { WriteKeyItem } from '../../src/access/write-key-routes.ts';
import { inDataset, request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { Confirmation } from '../ui/confirmation.tsx';
import { Moment } from '../ui/moment.tsx';
import { writeKeysQuery } from './source-queries.ts';

const words = texts.sources.keys;

export interface DeleteWriteKeyProps {
  dataset: string;
  /** The one that is to go; undefined while nobody asks for it. */
  writeKey: WriteKeyItem | undefined;
  onClose(): void;
}

/** Withdraws a write key, once somebody has read what stops working. */
export function DeleteWriteKey({ dataset, writeKey, onClose }: DeleteWriteKeyProps) {
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: ({ key }: WriteKeyItem) => request<void>('DELETE', inDataset(dataset, 'write-keys', key)),
    onSuccess: (_answer, { name }) => {
      notifications.show({ message: words.deleted(name) });
      void queryClient.invalidateQueries(writeKeysQuery(dataset));
      onClose();
    },
  });
  const cancel = () => {
    remove.reset();
    onClose();
  };
  return (
    <Confirmation
      opened={writeKey !== undefined}
      title={words.deleteTitle(writeKey?.name ?? '')}
      action={words.deleteAction}
      danger
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => writeKey && remove.mutate(writeKey)}
      onCancel={cancel}
    >
      {writeKey && <WhatStops writeKey={writeKey} />}
    </Confirmation>
  );
}

function WhatStops({ writeKey: { lastUsedAt } }: { writeKey: WriteKeyItem }) {
  return (
    <Stack gap="xs">
      <Text size="sm">{words.deleteText}</Text>
      <Text size="sm" fw={600}>
        {lastUsedAt === null ? (
          words.neverUsed
        ) : (
          <>
            {words.usedAt} <Moment at={lastUsedAt} as="ago" />.
          </>
        )}
      </Text>
    </Stack>
  );
}
