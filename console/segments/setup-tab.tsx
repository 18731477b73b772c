import { Alert, Divider, Group, Stack, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Rule } from '../../src/segments/rule.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { RuleEditor } from './rule-builder/rule-editor.tsx';
import { segmentQuery } from './segment-queries.ts';
import classes from './setup.module.css';
import { isChanged, type SetupEdit } from './setup-edit.ts';
import { RemoveSegment, SetupForm } from './setup-form.tsx';

/** What a segment is set up to be: to change where one may, otherwise to read. */
export function SetupTab() {
  const { ds: dataset, id } = useParams({ from: '/signed-in/datasets/$ds/segments/$id/setup' });
  const { data: segment } = useSuspenseQuery(segmentQuery(dataset, id));
  const mayEdit = useMay('editSegments', dataset);
  const mayDelete = useMay('deleteUsersInBulk', dataset);
  const { setup, whyLocked } = texts.segments;
  const isLocked = segment.state === 'deleting';
  const [edit, setEdit] = useState<SetupEdit>({});
  // What somebody has written is not taken away because somebody else started a deletion: it is saved when that is complete.
  const isForm = mayEdit && (!isLocked || isChanged(segment, edit));
  return (
    <Stack gap="md">
      {isLocked && (
        <Alert role="status" className={classes.notice}>
          {whyLocked}
        </Alert>
      )}
      {segment.state === 'computing' && (
        <Alert role="status" className={classes.notice}>
          {setup.computing}
        </Alert>
      )}
      {isForm ? (
        <SetupForm key={id} dataset={dataset} segment={segment} edit={edit} setEdit={setEdit} />
      ) : (
        <SetupToRead dataset={dataset} segment={segment} />
      )}
      {!mayEdit && (
        <Text size="sm" c="dimmed">
          {setup.readOnly}
        </Text>
      )}
      {!mayDelete && (
        <Text size="sm" c="dimmed">
          {setup.deleting}
        </Text>
      )}
      {mayEdit && !isLocked && (
        <>
          <Divider />
          <RemoveSegment dataset={dataset} segment={segment} />
        </>
      )}
    </Stack>
  );
}

function SetupToRead({ dataset, segment }: { dataset: string; segment: SegmentItem }) {
  const { setup, pane, list } = texts.segments;
  return (
    <>
      <dl className={classes.facts}>
        <dt>{setup.name}</dt>
        <dd>{segment.name}</dd>
        <dt>{setup.folder}</dt>
        <dd>{segment.folder ?? list.noFolder}</dd>
        <dt>{setup.enabled}</dt>
        <dd>{segment.enabled ? setup.yes : setup.no}</dd>
      </dl>
      <Group>
        <Title order={2}>{pane.rule}</Title>
      </Group>
      {segment.kind === 'rule' ? (
        <RuleEditor dataset={dataset} rule={segment.rule as Rule} onChange={() => {}} readOnly />
      ) : (
        <Text size="sm">{setup.list}</Text>
      )}
    </>
  );
}
