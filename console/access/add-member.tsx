import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { MemberItem } from '../../src/access/member-routes.ts';
import { request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { type MemberFields, MemberForm } from './member-form.tsx';
import { membersQuery } from './member-queries.ts';
import { ShownOnce } from './shown-once.tsx';

const words = texts.access.members;

/** Adds a member, then shows the one-time password, which is nowhere else. */
export function AddMember({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const queryClient = useQueryClient();
  const add = useMutation({
    mutationFn: (body: MemberFields) =>
      request<MemberItem & { oneTimePassword: string }>('POST', '/api/members', { body }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: membersQuery.queryKey }),
    gcTime: 0,
  });
  const close = () => {
    onClose();
    add.reset();
  };
  const added = add.data;
  return (
    <Dialog
      opened={opened}
      title={added ? words.added(added.name) : words.addTitle}
      onClose={close}
      closesOnClickOutside={added === undefined}
    >
      {added ? (
        <Stack>
          <Text size="sm">{words.addedText(added.email)}</Text>
          <ShownOnce value={added.oneTimePassword} label={words.oneTimeLabel} />
          <Group justify="flex-end">
            <Button onClick={close}>{words.handedOver}</Button>
          </Group>
        </Stack>
      ) : (
        <MemberForm
          action={words.addAction}
          failed={words.addFailed}
          busy={add.isPending}
          error={add.error}
          onSubmit={add.mutate}
          onCancel={close}
        />
      )}
    </Dialog>
  );
}
