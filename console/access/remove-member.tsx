import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { MemberItem } from '../../src/access/member-routes.ts';
import { request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { Confirmation } from '../ui/confirmation.tsx';
import { meQuery } from './me.ts';
import { membersQuery } from './member-queries.ts';

const words = texts.access.members;

/** Asks before a member is removed. That the last administrator stays is the server's to say, and said here. */
export function RemoveMember({ member, onClose }: { member: MemberItem | undefined; onClose(): void }) {
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: ({ id }: MemberItem) => request<void>('DELETE', `/api/members/${id}`),
    onSuccess: (_answer, { name }) => {
      notifications.show({ message: words.removed(name) });
      for (const { queryKey } of [membersQuery, meQuery]) void queryClient.invalidateQueries({ queryKey });
      onClose();
    },
  });
  const cancel = () => {
    remove.reset();
    onClose();
  };
  return (
    <Confirmation
      opened={member !== undefined}
      title={words.removeTitle(member?.name ?? '')}
      action={words.removeAction}
      danger
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => member && remove.mutate(member)}
      onCancel={cancel}
    >
      {words.removeText}
    </Confirmation>
  );
}
