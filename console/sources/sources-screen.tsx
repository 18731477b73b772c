import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../access/me.ts';
import { NeedsAdministrator } from '../access/needs-administrator.tsx';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { texts } from '../texts/texts.ts';
import { Screen } from '../ui/screen.tsx';
import { EventApiSection } from './event-api-section.tsx';
import { RecentSection } from './recent-section.tsx';
import { SendingSection } from './sending-section.tsx';
import { writeKeysQuery } from './source-queries.ts';
import { WriteKeysSection } from './write-keys-section.tsx';

const words = texts.sources;

/** Where events come from: what programs send with, how, and what they sent last. */
export function SourcesScreen() {
  const { ds } = useParams({ from: '/signed-in/datasets/$ds/sources' });
  return useMay('manageWriteKeys', ds) ? <Sources dataset={ds} /> : <NeedsAdministrator title={words.title} />;
}

function Sources({ dataset }: { dataset: string }) {
  const { data: datasets } = useSuspenseQuery(datasetsQuery);
  const keys = useQuery(writeKeysQuery(dataset));
  const [chosen, setChosen] = useState<string>();
  const shown = datasets.find(({ id }) => id === dataset);
  return (
    <Screen title={words.title} description={words.description}>
      <WriteKeysSection dataset={dataset} keys={keys} onMade={setChosen} />
      <SendingSection
        dataset={dataset}
        keys={keys.data ?? []}
        chosen={chosen}
        onChoose={setChosen}
        eventApi={shown?.eventApi ?? false}
      />
      <RecentSection dataset={dataset} />
      {shown && <EventApiSection dataset={shown} />}
    </Screen>
  );
}
