import { Anchor, Button, List, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { UserDetails } from '../../src/profiles/show-user.ts';
import { isProblem } from '../api/problem.ts';
import { inDataset, queryOf, request } from '../api/request.ts';
import { RowsDeleted } from '../deletions/rows-deleted.tsx';
import { texts } from '../texts/texts.ts';
import { Confirmation } from '../ui/confirmation.tsx';
import { rowsOf } from './rows-of-user.ts';
import { nameOf } from './user-name.ts';
import { userQuery } from './user-queries.ts';

/** Rows of each kind that went. */
export type DeletedRows = ReturnType<typeof rowsOf>;

export interface DeleteUserProps {
  dataset: string;
  user: UserDetails;
  onDeleted(rows: DeletedRows): void;
}

/** Deletes one user for good, once somebody has seen what goes. */
export function DeleteUser({ dataset, user, onDeleted }: DeleteUserProps) {
  const [opened, setOpened] = useState(false);
  const deletion = useDeletion({ dataset, user, onDeleted });
  const cancel = () => {
    setOpened(false);
    deletion.reset();
  };
  const { deletion: words } = texts.profiles;
  return (
    <>
      <Button variant="outline" color="danger" onClick={() => setOpened(true)}>
        {words.button}
      </Button>
      <Confirmation
        opened={opened}
        title={words.title(nameOf(user))}
        action={words.confirm}
        danger
        busy={deletion.isPending}
        error={deletion.error}
        onConfirm={deletion.mutate}
        onCancel={cancel}
      >
        <WhatGoes dataset={dataset} user={user} />
      </Confirmation>
    </>
  );
}

function useDeletion({ dataset, user, onDeleted }: DeleteUserProps) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      request<{ rowsDeleted: DeletedRows }>(
        'DELETE',
        `${inDataset(dataset, 'user', user.id)}${queryOf({ type: 'id' })}`,
      ),
    onSuccess: ({ rowsDeleted }) => {
      onDeleted(rowsDeleted);
      client.removeQueries({ queryKey: ['user', dataset, user.id] });
      for (const changed of ['users', 'summary', 'segments', 'segment']) {
        void client.invalidateQueries({ queryKey: [changed, dataset] });
      }
    },
    onError: (error) => {
      // Somebody else was quicker: the screen then says that there is no such user.
      if (isProblem(error, 'user.unknown')) void client.invalidateQueries(userQuery(dataset, user.id));
    },
  });
}

function WhatGoes({ dataset, user }: { dataset: string; user: UserDetails }) {
  const { deletion } = texts.profiles;
  const { attributes, figures } = user;
  return (
    <Stack gap="sm">
      <Text size="sm">{deletion.goes}</Text>
      <RowsDeleted rows={rowsOf(user)} />
      <Text size="sm" c="dimmed">
        {attributes.length > 0 && deletion.attributes(attributes.length)}{' '}
        {figures.orders > 0 && deletion.orders(figures.orders)}
      </Text>
      <List size="sm" spacing={4}>
        <List.Item>{deletion.permanent}</List.Item>
        <List.Item>{deletion.comesBack}</List.Item>
        <List.Item>{deletion.notPrivacy}</List.Item>
      </List>
      <Anchor
        size="sm"
        renderRoot={(props) => <Link {...props} to="/datasets/$ds/privacy/which-deletion" params={{ ds: dataset }} />}
      >
        {deletion.whichDeletion}
      </Anchor>
    </Stack>
  );
}
