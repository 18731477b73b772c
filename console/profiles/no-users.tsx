import { Button, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { Empty } from '../ui/empty.tsx';

/** A dataset without users teaches how the first ones come, and sees them come. */
export function NoUsers({ dataset }: { dataset: string }) {
  const mayImport = useMay('importData', dataset);
  const { list, none } = texts.profiles;
  return (
    <Empty
      title={none.title}
      actions={
        mayImport && (
          <Button renderRoot={(props) => <Link {...props} to="/datasets/$ds/imports/new" params={{ ds: dataset }} />}>
            {list.import}
          </Button>
        )
      }
    >
      <Stack gap="xs">
        <span>{none.text}</span>
        {mayImport ? (
          <>
            <span>{none.command}</span>
            <Copyable value={none.commandLine(dataset)} label={none.commandName} />
          </>
        ) : (
          <span>{none.askEditor}</span>
        )}
        <Text size="sm" role="status">
          {none.waiting}
        </Text>
      </Stack>
    </Empty>
  );
}
