import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { UserItem } from '../../src/profiles/user-items.ts';
import type { ListChange } from '../../src/segments/list-users.ts';
import { inDataset, request } from '../api/request.ts';
import { nameOf } from '../profiles/user-name.ts';
import { texts } from '../texts/texts.ts';
import { refreshUsers } from './segment-changes.ts';

export interface RemoveUserProps {
  dataset: string;
  segment: string;
  user: UserItem;
}

/** Takes a user out of a list, at once: whoever was removed by mistake is added again. */
export function RemoveUser({ dataset, segment, user }: RemoveUserProps) {
  const { users } = texts.segments;
  const queryClient = useQueryClient();
  const name = nameOf(user);
  const remove = useMutation({
    mutationFn: () =>
      request<ListChange>('DELETE', inDataset(dataset, 'segments', segment, 'users'), { body: { ids: [user.id] } }),
    onSuccess: () => {
      notifications.show({ message: users.removed(name) });
      return refreshUsers(queryClient, dataset, segment);
    },
    onError: ({ message }) => notifications.show({ title: users.notRemoved, message, color: 'orange' }),
  });
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="gray"
      loading={remove.isPending}
      aria-label={users.removeOf(name)}
      onClick={() => remove.mutate()}
    >
      {users.remove}
    </Button>
  );
}
