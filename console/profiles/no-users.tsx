import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMay } from '../access/me.ts';
import { snippetOf } from '../sources/snippets.ts';
import { writeKeysQuery } from '../sources/source-queries.ts';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { CopyableCode } from '../ui/copyable-code.tsx';
import { Empty } from '../ui/empty.tsx';

/** A dataset without users teaches how the first ones come, and sees them come. */
export function NoUsers({ dataset }: { dataset: string }) {
  const mayImport = useMay('importData', dataset);
  const maySend = useMay('manageWriteKeys', dataset);
  const { list, none } = texts.profiles;
  return (
    <Empty
      title={none.title}
      actions={
        (maySend || mayImport) && (
          <>
            {maySend && (
              <Button renderRoot={(props) => <Link {...props} to="/datasets/$ds/sources" params={{ ds: dataset }} />}>
                {none.toSources}
              </Button>
            )}
            {mayImport && (
              <Button
                variant={maySend ? 'default' : 'filled'}
                renderRoot={(props) => <Link {...props} to="/datasets/$ds/imports/new" params={{ ds: dataset }} />}
              >
                {list.import}
              </Button>
            )}
          </>
        )
      }
    >
      <Stack gap="xs">
        <span>{none.text}</span>
        {maySend && <FirstEvent dataset={dataset} />}
        {mayImport ? (
          <>
            <span>{none.file}</span>
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

/** How a program sends an event into this dataset, with a write key where there is one. */
function FirstEvent({ dataset }: { dataset: string }) {
  const { data: keys } = useQuery(writeKeysQuery(dataset));
  const { none } = texts.profiles;
  const writeKey = keys?.[0]?.key;
  if (writeKey === undefined) return <span>{none.needsKey}</span>;
  const { code } = snippetOf('curl', { address: window.location.origin, writeKey, dataset });
  return (
    <>
      <span>{none.send}</span>
      <CopyableCode code={code} label={none.sendName} />
    </>
  );
}
