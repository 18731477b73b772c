import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { foldersOf } from './listed-segments.ts';
import { useChangeSegment } from './segment-changes.ts';
import type { SegmentDialogProps } from './segment-dialog.ts';
import { segmentsQuery } from './segment-queries.ts';

/** Puts a segment into a folder, a new one too, or takes it out. */
export function MoveSegment({ dataset, segment, opened, onClose }: SegmentDialogProps) {
  const { moving } = texts.segments;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={moving.title(segment.name)}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      {/* Made anew with every opening, so it begins with the folder of now. */}
      <MoveForm dataset={dataset} segment={segment} onClose={onClose} />
    </Modal>
  );
}

/** What is chosen: a folder that is there by `/name`, none, or a new one. */
const noFolder = '';
const newFolder = 'new';

function MoveForm({ dataset, segment, onClose }: Omit<SegmentDialogProps, 'opened'>) {
  const { moving, list } = texts.segments;
  const { data: segments = [segment] } = useQuery(segmentsQuery(dataset, true));
  const [choice, setChoice] = useState(segment.folder === null ? noFolder : `/${segment.folder}`);
  const [name, setName] = useState('');
  const move = useChangeSegment(dataset, segment.id);
  const folder = choice === newFolder ? name.trim() : choice.slice(1);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    move.mutate({ folder: folder === '' ? null : folder }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <NativeSelect
          label={moving.folder}
          data={[
            { value: noFolder, label: list.noFolder },
            ...foldersOf(segments).map((each) => ({ value: `/${each}`, label: each })),
            { value: newFolder, label: moving.newFolder },
          ]}
          value={choice}
          onChange={({ currentTarget }) => setChoice(currentTarget.value)}
          data-autofocus
        />
        {choice === newFolder && (
          <TextInput
            label={moving.name}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            maxLength={200}
            required
          />
        )}
        {move.error && <ProblemNotice error={move.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" loading={move.isPending} disabled={choice === newFolder && folder === ''}>
            {moving.action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
