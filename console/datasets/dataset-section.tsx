import { Button, Group, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { DatasetItem } from '../../src/datasets/dataset-routes.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { Moment } from '../ui/moment.tsx';
import classes from './datasets.module.css';
import { DeleteDataset } from './delete-dataset.tsx';
import { Section } from './section.tsx';

const words = texts.datasets.dataset;

/** What the dataset itself is, and for whoever may, the way to be rid of it. */
export function DatasetSection({ dataset }: { dataset: DatasetItem }) {
  const mayDelete = useMay('deleteDataset', dataset.id);
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <Section title={words.title}>
      <dl className={classes.facts}>
        <dt>{words.name}</dt>
        <dd>{dataset.name}</dd>
        <dt>{words.id}</dt>
        <dd>
          <Copyable value={dataset.id} label={words.id} />
        </dd>
        <dt>{words.type}</dt>
        <dd>{texts.frame.types[dataset.type]}</dd>
        <dt>{words.created}</dt>
        <dd>
          <Moment at={dataset.createdAt} />
        </dd>
      </dl>
      {mayDelete && (
        <Group className={classes.deletion} justify="space-between" gap="sm">
          <div>
            <Title order={3}>{words.deleteTitle}</Title>
            <Text size="sm" c="dimmed">
              {words.deleteHint}
            </Text>
          </div>
          <Button color="danger" variant="outline" onClick={open}>
            {words.delete}
          </Button>
        </Group>
      )}
      {mayDelete && <DeleteDataset dataset={dataset} opened={opened} onClose={close} />}
    </Section>
  );
}
