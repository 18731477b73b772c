import { Button, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { RowsDeleted } from '../deletions/rows-deleted.tsx';
import { texts } from '../texts/texts.ts';
import { Screen } from '../ui/screen.tsx';
import type { DeletedRows } from './delete-user.tsx';
import classes from './profiles.module.css';

/** In place of a user who is not here, or no longer. */
export function NoSuchUser({ dataset, id }: { dataset: string; id: string }) {
  const { user } = texts.profiles;
  return (
    <Screen title={user.goneTitle}>
      <Text size="sm" maw={620}>
        {user.gone(id)} {user.goneSearch}
      </Text>
      <div>
        <ToUsers dataset={dataset} />
      </div>
    </Screen>
  );
}

/** What is said once, to the one who deleted: what went, by kind. Nothing of the user is left to show. */
export function DeletedUser({ dataset, id, rows }: { dataset: string; id: string; rows: DeletedRows }) {
  const { deletion } = texts.profiles;
  return (
    <Screen title={deletion.doneTitle}>
      <Stack className={classes.deleted} role="status">
        <Text size="sm">{deletion.done(id)}</Text>
        <RowsDeleted rows={rows} />
        <Text size="sm" c="dimmed">
          {deletion.comesBack}
        </Text>
      </Stack>
      <div>
        <ToUsers dataset={dataset} />
      </div>
    </Screen>
  );
}

function ToUsers({ dataset }: { dataset: string }) {
  return (
    <Button
      variant="default"
      renderRoot={(props) => <Link {...props} to="/datasets/$ds/users" params={{ ds: dataset }} />}
    >
      {texts.profiles.user.toUsers}
    </Button>
  );
}
