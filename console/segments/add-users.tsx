import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ListChange } from '../../src/segments/list-users.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { inDataset, request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { identitiesIn } from './pasted-identities.ts';
import { refreshUsers } from './segment-changes.ts';
import { UserOutcomes } from './user-outcomes.tsx';

/** Most users that the server adds at once. */
const usersMax = 10_000;

export interface AddUsersProps {
  dataset: string;
  segment: SegmentItem;
}

/** Adds users to a list by their identities; only for editors, and only where users may join. */
export function AddUsers({ dataset, segment }: AddUsersProps) {
  const { adding } = texts.segments;
  const mayEdit = useMay('editSegments', dataset);
  const [opened, { open, close }] = useDisclosure();
  if (!mayEdit || segment.kind === 'rule' || !segment.enabled || segment.state === 'deleting') return null;
  return (
    <>
      <Button onClick={open}>{adding.open}</Button>
      <Modal
        opened={opened}
        onClose={close}
        size="lg"
        title={adding.title(segment.name)}
        closeButtonProps={{ 'aria-label': texts.actions.close }}
      >
        <AddForm dataset={dataset} segment={segment} onClose={close} />
      </Modal>
    </>
  );
}

function AddForm({ dataset, segment, onClose }: AddUsersProps & { onClose(): void }) {
  const queryClient = useQueryClient();
  const [text, setText] = useState('');
  const add = useMutation({
    mutationFn: (ids: string[]) =>
      request<ListChange>('POST', inDataset(dataset, 'segments', segment.id, 'users'), { body: { ids } }),
    onSuccess: () => refreshUsers(queryClient, dataset, segment.id),
  });
  const again = () => {
    add.reset();
    setText('');
  };
  if (add.data) return <UserOutcomes change={add.data} onAgain={again} onClose={onClose} />;
  return (
    <Stack>
      <IdentitiesForm text={text} onText={setText} busy={add.isPending} onAdd={add.mutate} onCancel={onClose} />
      {add.error && <ProblemNotice title={texts.segments.adding.notAdded} error={add.error} />}
    </Stack>
  );
}

interface IdentitiesFormProps {
  text: string;
  onText(text: string): void;
  busy: boolean;
  onAdd(ids: string[]): void;
  onCancel(): void;
}

function IdentitiesForm({ text, onText, busy, onAdd, onCancel }: IdentitiesFormProps) {
  const { adding } = texts.segments;
  const ids = identitiesIn(text);
  const tooMany = ids.length > usersMax;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ids.length > 0 && !tooMany) onAdd(ids);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Textarea
          label={adding.lines}
          description={adding.hint}
          error={tooMany && adding.tooMany(ids.length, usersMax)}
          value={text}
          onChange={({ currentTarget }) => onText(currentTarget.value)}
          rows={10}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" disabled={ids.length === 0 || tooMany} loading={busy}>
            {adding.action(ids.length)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
