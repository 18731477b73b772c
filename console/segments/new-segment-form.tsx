import { Button, Group, Radio, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Rule } from '../../src/segments/rule.ts';
import type { SegmentKind } from '../../src/segments/segment.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { inDataset, request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { UnsavedChanges } from '../ui/unsaved-changes.tsx';
import { RuleEditor } from './rule-builder/rule-editor.tsx';
import { sameJson } from './rule-builder/written.ts';
import { FolderField, folderIn, NameField } from './segment-fields.tsx';
import classes from './setup.module.css';

/** What a new segment begins as. */
export interface Beginning {
  name: string;
  kind: SegmentKind;
  /** Empty: none. */
  folder: string;
  rule: Rule | undefined;
}

export interface NewSegmentFormProps {
  dataset: string;
  begin: Beginning;
  /** Of another segment. */
  isCopy?: true;
}

/** Name, kind, folder and rule of a segment that is not there yet. */
export function NewSegmentForm({ dataset, begin, isCopy }: NewSegmentFormProps) {
  const { create, setup } = texts.segments;
  const [segment, setSegment] = useState(begin);
  const [isTried, setTried] = useState(false);
  const making = useCreateSegment(dataset);
  const set = (change: Partial<Beginning>) => setSegment((before) => ({ ...before, ...change }));
  const isComplete = segment.name.trim() !== '' && (segment.kind !== 'rule' || segment.rule !== undefined);
  const submit = () => {
    setTried(true);
    if (isComplete) making.mutate(segment);
  };
  const { error } = making;
  return (
    <Stack gap="md">
      <div className={classes.fields}>
        <NameField value={segment.name} onChange={(name) => set({ name })} isTried={isTried} error={error} />
        <FolderField dataset={dataset} value={segment.folder} onChange={(folder) => set({ folder })} error={error} />
      </div>
      <KindChoice kind={segment.kind} onChange={(kind) => set({ kind })} />
      {/* Out of sight and not gone: a rule that was begun is there again when one comes back to it. */}
      <Stack gap="md" hidden={segment.kind !== 'rule'} className={classes.rule}>
        <Title order={2}>{setup.rule}</Title>
        <RuleEditor dataset={dataset} rule={segment.rule} onChange={(rule) => set({ rule })} />
      </Stack>
      {segment.kind !== 'rule' && isCopy && (
        <Text size="sm" c="dimmed">
          {create.listIsEmpty}
        </Text>
      )}
      {error && <ProblemNotice error={error} title={create.notCreated} retry={submit} />}
      <div className={classes.saveBar} data-unsaved={isTried || undefined}>
        <Text size="sm" role="status" className={classes.saveState}>
          {isTried && !isComplete && (segment.name.trim() === '' ? setup.noName : setup.ruleMissing)}
        </Text>
        <Group gap="xs" wrap="nowrap">
          <Button
            variant="default"
            renderRoot={(props) => <Link {...props} to="/datasets/$ds/segments" params={{ ds: dataset }} />}
          >
            {texts.actions.cancel}
          </Button>
          <Button onClick={submit} loading={making.isPending}>
            {create.action}
          </Button>
        </Group>
      </div>
      <UnsavedChanges isUnsaved={!making.isSuccess && !sameJson(segment, begin)} />
    </Stack>
  );
}

function KindChoice({ kind, onChange }: { kind: SegmentKind; onChange(kind: SegmentKind): void }) {
  const { create } = texts.segments;
  const kinds = Object.entries(create.kinds) as [SegmentKind, (typeof create.kinds)[SegmentKind]][];
  return (
    <Radio.Group label={create.kind} value={kind} onChange={(chosen) => onChange(chosen as SegmentKind)}>
      <Stack gap="xs" mt={6}>
        {kinds.map(([value, { name, text }]) => (
          <Radio key={value} value={value} label={name} description={text} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** Makes it and goes to it. */
function useCreateSegment(dataset: string) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ name, kind, folder, rule }: Beginning) =>
      request<SegmentItem>('POST', inDataset(dataset, 'segments'), {
        body: { name: name.trim(), kind, folder: folderIn(folder), ...(kind === 'rule' ? { rule } : {}) },
      }),
    onSuccess: async ({ id }) => {
      void queryClient.invalidateQueries({ queryKey: ['segments', dataset] });
      await navigate({ to: '/datasets/$ds/segments/$id/users', params: { ds: dataset, id }, ignoreBlocker: true });
    },
  });
}
