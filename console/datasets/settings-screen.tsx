import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import { Screen } from '../ui/screen.tsx';
import { AttributesSection } from './attributes-section.tsx';
import { datasetsQuery } from './dataset-queries.ts';
import { DatasetSection } from './dataset-section.tsx';
import { IdentityTypesSection } from './identity-types-section.tsx';
import { LimitsSection } from './limits-section.tsx';

export function SettingsScreen() {
  const { ds } = useParams({ from: '/signed-in/datasets/$ds/settings' });
  const { data: datasets } = useSuspenseQuery(datasetsQuery);
  const dataset = datasets.find(({ id }) => id === ds);
  const { settings } = texts.datasets;
  return (
    <Screen title={settings.title} description={settings.ofDataset(dataset?.name ?? ds)}>
      <AttributesSection dataset={ds} />
      <IdentityTypesSection dataset={ds} />
      <LimitsSection dataset={ds} />
      {dataset && <DatasetSection dataset={dataset} />}
    </Screen>
  );
}
