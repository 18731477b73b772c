import { Button, Group, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { WriteKeyItem } from '../../src/access/write-key-routes.ts';
import { detailOf } from '../api/problem.ts';
import { inDataset, request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { writeKeysQuery } from './source-queries.ts';

const words = texts.sources.keys;

export interface MakeWriteKeyProps {
  dataset: string;
  opened: boolean;
  onMade(key: string): void;
  onClose(): void;
}

export function MakeWriteKey({ dataset, opened, onMade, onClose }: MakeWriteKeyProps) {
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: (name: string) => request<WriteKeyItem>('POST', inDataset(dataset, 'write-keys'), { body: { name } }),
    onSuccess: async ({ key, name }) => {
      await queryClient.invalidateQueries(writeKeysQuery(dataset));
      notifications.show({ message: words.made(name) });
      onMade(key);
      onClose();
    },
  });
  const close = () => {
    onClose();
    make.reset();
  };
  return (
    <Dialog opened={opened} title={words.makeTitle} onClose={close}>
      <NameForm busy={make.isPending} error={make.error} onSubmit={make.mutate} onCancel={close} />
    </Dialog>
  );
}

interface NameFormProps {
  busy: boolean;
  error: unknown;
  onSubmit(name: string): void;
  onCancel(): void;
}

function NameForm({ busy, error, onSubmit, onCancel }: NameFormProps) {
  const [name, setName] = useState('');
  const wrongName = detailOf(error, 'name');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(name.trim());
  };
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="sm">
        {error !== null && wrongName === undefined && <ProblemNotice error={error} title={words.notMade} />}
        <TextInput
          label={words.name}
          description={words.nameHint}
          required
          withAsterisk={false}
          maxLength={200}
          data-autofocus
          value={name}
          error={wrongName}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {words.make}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
