import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';

type Change = Pick<UseMutationResult<unknown, Error, void>, 'mutate' | 'error' | 'isPending'>;

export interface DefinitionFormProps {
  save: Change;
  saveLabel: string;
  isComplete: boolean;
  /** Where something was said that can be taken back. */
  undefine: Change | undefined;
  undefineLabel: string;
  undefineTitle: string;
  undefineText: string;
  description: string;
  onDescription(text: string): void;
  onCancel(): void;
  children?: ReactNode;
}

/** What members say of an attribute or an identity type, with the way to take it back, which is asked about in the same place. */
export function DefinitionForm(props: DefinitionFormProps) {
  const { save, saveLabel, isComplete, undefine, undefineLabel, description, onDescription, onCancel } = props;
  const [isTakingBack, setTakingBack] = useState(false);
  const { settings } = texts.datasets;
  if (isTakingBack && undefine) return <TakeBack {...props} undefine={undefine} onBack={() => setTakingBack(false)} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        {props.children}
        <Textarea
          label={settings.description}
          description={settings.descriptionHint}
          value={description}
          onChange={({ currentTarget }) => onDescription(currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
        />
        {save.error && <ProblemNotice error={save.error} title={settings.notSaved} />}
        <Group justify="space-between">
          {undefine ? (
            <Button variant="subtle" color="gray" onClick={() => setTakingBack(true)}>
              {undefineLabel}
            </Button>
          ) : (
            <span />
          )}
          <Group gap="sm">
            <Button variant="default" onClick={onCancel}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" disabled={!isComplete} loading={save.isPending}>
              {saveLabel}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

function TakeBack({
  undefine,
  undefineLabel,
  undefineTitle,
  undefineText,
  onBack,
}: DefinitionFormProps & { undefine: Change; onBack(): void }) {
  return (
    <Stack role="group" aria-label={undefineTitle}>
      <Text size="sm" fw={600}>
        {undefineTitle}
      </Text>
      <Text size="sm">{undefineText}</Text>
      {undefine.error && <ProblemNotice error={undefine.error} title={texts.datasets.settings.notSaved} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack} autoFocus>
          {texts.actions.cancel}
        </Button>
        <Button onClick={() => undefine.mutate()} loading={undefine.isPending}>
          {undefineLabel}
        </Button>
      </Group>
    </Stack>
  );
}
