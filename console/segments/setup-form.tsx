import { Button, Group, Stack, Switch, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { type Dispatch, type SetStateAction, useState } from 'react';
import type { Rule } from '../../src/segments/rule.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { UnsavedChanges } from '../ui/unsaved-changes.tsx';
import { DeleteSegment } from './delete-segment.tsx';
import { RuleEditor } from './rule-builder/rule-editor.tsx';
import { useChangeSegment } from './segment-changes.ts';
import { FolderField, NameField } from './segment-fields.tsx';
import classes from './setup.module.css';
import { changesOf, consequenceOf, faultOf, isChanged, type SetupEdit } from './setup-edit.ts';

interface SetupProps {
  dataset: string;
  segment: SegmentItem;
}

interface SetupFormProps extends SetupProps {
  edit: SetupEdit;
  setEdit: Dispatch<SetStateAction<SetupEdit>>;
}

/** Name, folder, rule and Enabled, saved together. What somebody else changes meanwhile shows where one has not changed it oneself. */
export function SetupForm({ dataset, segment, edit, setEdit }: SetupFormProps) {
  const { setup } = texts.segments;
  const [isTried, setTried] = useState(false);
  const change = useChangeSegment(dataset, segment.id);
  const set = (changes: SetupEdit) => {
    setEdit((before) => ({ ...before, ...changes }));
    change.reset();
  };
  const discard = () => {
    setEdit({});
    setTried(false);
    change.reset();
  };
  const save = () => {
    setTried(true);
    if (faultOf(edit) === undefined) change.mutate(changesOf(segment, edit), { onSuccess: () => setEdit({}) });
  };
  const { error } = change;
  const isLocked = segment.state === 'deleting';
  return (
    <Stack gap="md">
      <div className={classes.fields}>
        <NameField
          value={edit.name ?? segment.name}
          onChange={(name) => set({ name })}
          isTried={isTried}
          error={error}
        />
        <FolderField
          dataset={dataset}
          value={edit.folder ?? segment.folder ?? ''}
          onChange={(folder) => set({ folder })}
          error={error}
        />
      </div>
      <EnabledSwitch segment={segment} edit={edit} onChange={(enabled) => set({ enabled })} />
      <RuleOfSegment dataset={dataset} segment={segment} edit={edit} onChange={(rule) => set({ rule: { rule } })} />
      {error && <ProblemNotice error={error} title={setup.notSaved} {...(isLocked ? {} : { retry: save })} />}
      <SaveBar
        segment={segment}
        edit={edit}
        isTried={isTried}
        isSaving={change.isPending}
        isSaved={change.isSuccess}
        {...{ save, discard }}
      />
      <UnsavedChanges isUnsaved={isChanged(segment, edit)} />
    </Stack>
  );
}

interface RuleOfSegmentProps extends SetupProps {
  edit: SetupEdit;
  onChange(rule: Rule | undefined): void;
}

/** A list has no rule, and says so. */
function RuleOfSegment({ dataset, segment, edit, onChange }: RuleOfSegmentProps) {
  const { setup } = texts.segments;
  if (segment.kind !== 'rule')
    return (
      <Text size="sm" c="dimmed">
        {setup.list}
      </Text>
    );
  const rule = edit.rule ? edit.rule.rule : (segment.rule as Rule);
  return (
    <>
      <Title order={2}>{setup.rule}</Title>
      <RuleEditor dataset={dataset} segment={segment.id} rule={rule} onChange={onChange} />
    </>
  );
}

interface EnabledSwitchProps {
  segment: SegmentItem;
  edit: SetupEdit;
  onChange(enabled: boolean): void;
}

function EnabledSwitch({ segment, edit, onChange }: EnabledSwitchProps) {
  const { setup } = texts.segments;
  const consequence = consequenceOf(segment, { enabled: edit.enabled ?? segment.enabled });
  return (
    <div>
      <Switch
        label={setup.enabled}
        description={setup.enabledHint[segment.kind === 'rule' ? 'rule' : 'list']}
        checked={edit.enabled ?? segment.enabled}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <Text size="sm" className={classes.consequence} role="status">
        {consequence && setup.consequences[consequence]}
      </Text>
    </div>
  );
}

interface SaveBarProps {
  segment: SegmentItem;
  edit: SetupEdit;
  isTried: boolean;
  isSaving: boolean;
  isSaved: boolean;
  save(): void;
  discard(): void;
}

/** Stays in view, so that nobody has to look for it below a long rule. */
function SaveBar({ segment, edit, isTried, isSaving, isSaved, save, discard }: SaveBarProps) {
  const { setup } = texts.segments;
  const isUnsaved = isChanged(segment, edit);
  return (
    <div className={classes.saveBar} data-unsaved={isUnsaved || undefined}>
      <Text size="sm" role="status" className={classes.saveState}>
        {isUnsaved ? stateOf(segment, edit, isTried) : isSaved ? setup.saved : ''}
      </Text>
      <Group gap="xs" wrap="nowrap">
        {isUnsaved && (
          <Button variant="default" onClick={discard}>
            {setup.discard}
          </Button>
        )}
        <Button onClick={save} disabled={!isUnsaved || segment.state === 'deleting'} loading={isSaving}>
          {setup.save}
        </Button>
      </Group>
    </div>
  );
}

function stateOf(segment: SegmentItem, edit: SetupEdit, isTried: boolean): string {
  const { setup } = texts.segments;
  if (segment.state === 'deleting') return setup.unsavedWhileDeleting;
  const fault = faultOf(edit);
  if (isTried && fault) return fault === 'name' ? setup.noName : setup.ruleMissing;
  return consequenceOf(segment, edit) === 'ruleChanged' ? setup.consequences.ruleChanged : setup.unsaved;
}

/** The segment goes and its users stay. */
export function RemoveSegment({ dataset, segment }: SetupProps) {
  const { setup } = texts.segments;
  const [opened, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const leave = () => void navigate({ to: '/datasets/$ds/segments', params: { ds: dataset }, ignoreBlocker: true });
  return (
    <Group gap="sm">
      <Button variant="outline" color="danger" className={classes.remove} onClick={open}>
        {setup.remove}
      </Button>
      <Text size="sm" c="dimmed">
        {setup.removeText}
      </Text>
      <DeleteSegment dataset={dataset} segment={segment} opened={opened} onClose={close} onDeleted={leave} />
    </Group>
  );
}
