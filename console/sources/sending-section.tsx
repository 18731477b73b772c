import { NativeSelect, Stack, Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import type { WriteKeyItem } from '../../src/access/write-key-routes.ts';
import { Section } from '../datasets/section.tsx';
import { texts } from '../texts/texts.ts';
import { CopyableCode } from '../ui/copyable-code.tsx';
import { type Client, clients, type Sending, snippetOf } from './snippets.ts';
import classes from './sources.module.css';

const words = texts.sources.sending;

export interface SendingSectionProps {
  dataset: string;
  keys: readonly WriteKeyItem[];
  /** The key that stands in the snippets; the first unless one was chosen. */
  chosen: string | undefined;
  onChoose(key: string): void;
  /** Whether the dataset takes events of the Event API. */
  eventApi: boolean;
}

/** What to copy into a program so that it sends events here. */
export function SendingSection({ dataset, keys, chosen, onChoose, eventApi }: SendingSectionProps) {
  const [client, setClient] = useState<Client>('curl');
  const writeKey = (keys.find(({ key }) => key === chosen) ?? keys[0])?.key;
  const offered = clients.filter((each) => each !== 'eventApi' || eventApi);
  const shown = offered.includes(client) ? client : 'curl';
  if (writeKey === undefined && !eventApi) return null;
  return (
    <Section title={words.title} hint={words.hint}>
      {keys.length > 1 && (
        <NativeSelect
          maw={320}
          label={words.withKey}
          value={writeKey}
          data={keys.map(({ key, name }) => ({ value: key, label: name }))}
          onChange={({ currentTarget }) => onChoose(currentTarget.value)}
        />
      )}
      <Tabs value={shown} onChange={(value) => setClient(value as Client)} keepMounted={false}>
        <Tabs.List aria-label={words.label} mb="sm">
          {offered.map((each) => (
            <Tabs.Tab key={each} value={each} className={classes.client}>
              {words.clients[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {offered.map((each) => (
          <Tabs.Panel key={each} value={each}>
            <SnippetOf client={each} sending={{ address: window.location.origin, writeKey, dataset }} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Section>
  );
}

function SnippetOf(props: { client: Client; sending: Omit<Sending, 'writeKey'> & { writeKey: string | undefined } }) {
  const {
    client,
    sending: { writeKey, ...rest },
  } = props;
  if (writeKey === undefined && client !== 'eventApi')
    return (
      <Text size="sm" c="dimmed">
        {words.needsKey}
      </Text>
    );
  const { install, code } = snippetOf(client, { ...rest, writeKey: writeKey ?? '' });
  return (
    <Stack gap="xs">
      <Text size="sm">{words.notes[client]}</Text>
      {install !== undefined && <CopyableCode code={install} label={words.copied.install} />}
      <CopyableCode code={code} label={words.copied.code} />
    </Stack>
  );
}
