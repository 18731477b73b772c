import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MemberItem } from '../../src/access/member-routes.ts';
import { request } from '../api/request.ts';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { texts } from '../texts/texts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { meQuery } from './me.ts';
import { type MemberFields, MemberForm } from './member-form.tsx';
import { membersQuery } from './member-queries.ts';

const words = texts.access.members;

export function EditMember({ member, onClose }: { member: MemberItem | undefined; onClose(): void }) {
  return (
    <Dialog opened={member !== undefined} title={words.editTitle(member?.name ?? '')} onClose={onClose}>
      {member && <Edit member={member} onClose={onClose} />}
    </Dialog>
  );
}

function Edit({ member, onClose }: { member: MemberItem; onClose(): void }) {
  const queryClient = useQueryClient();
  // What somebody else changes meanwhile is not changed back: the form knows the member as it was when it opened.
  const [before] = useState(member);
  const save = useMutation({
    mutationFn: (fields: MemberFields) =>
      request<MemberItem>('PATCH', `/api/members/${member.id}`, { body: changed(before, fields) }),
    onSuccess: ({ name }) => {
      notifications.show({ message: words.saved(name) });
      // It may be oneself, who then sees more or less.
      for (const { queryKey } of [membersQuery, meQuery, datasetsQuery])
        void queryClient.invalidateQueries({ queryKey });
      onClose();
    },
  });
  return (
    <MemberForm
      member={before}
      action={words.saveAction}
      failed={words.saveFailed}
      busy={save.isPending}
      error={save.error}
      onSubmit={save.mutate}
      onCancel={onClose}
    />
  );
}

/** The fields that somebody has changed. */
function changed(before: MemberItem, { name, email, administrator, roles }: MemberFields): Partial<MemberFields> {
  return {
    ...(name !== before.name && { name }),
    ...(email !== before.email && { email }),
    ...(administrator !== before.administrator && { administrator }),
    ...(!hasSameRoles(roles, before.roles) && { roles }),
  };
}

function hasSameRoles(one: MemberFields['roles'], other: MemberFields['roles']): boolean {
  const datasets = Object.keys(one);
  return datasets.length === Object.keys(other).length && datasets.every((id) => one[id] === other[id]);
}
