import { Autocomplete, Button, Group, Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { SegmentUse } from '../../src/segments/segment-uses.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { isProblem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { Confirmation } from '../ui/confirmation.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { foldersOf } from './listed-segments.ts';
import { useChangeSegment, useDeleteSegment } from './segment-changes.ts';
import { segmentsQuery } from './segment-queries.ts';
import { SegmentUses } from './segment-uses.tsx';

export interface SegmentDialogProps {
  dataset: string;
  segment: SegmentItem;
  opened: boolean;
  onClose(): void;
}

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

function MoveForm({ dataset, segment, onClose }: Omit<SegmentDialogProps, 'opened'>) {
  const { moving } = texts.segments;
  const [folder, setFolder] = useState(segment.folder ?? '');
  const { data: segments = [] } = useQuery(segmentsQuery(dataset, true));
  const move = useChangeSegment(dataset, segment.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    move.mutate({ folder: folder.trim() === '' ? null : folder.trim() }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Autocomplete
          label={moving.folder}
          description={moving.hint}
          data={foldersOf(segments)}
          value={folder}
          onChange={setFolder}
          maxLength={200}
          data-autofocus
          openOnFocus={false}
        />
        {move.error && <ProblemNotice error={move.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" loading={move.isPending}>
            {moving.action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Deletes the segment and none of its users; says what uses it where that is in the way. */
export function DeleteSegment({
  dataset,
  segment,
  opened,
  onClose,
  onDeleted,
}: SegmentDialogProps & { onDeleted?(): void }) {
  const { removing } = texts.segments;
  const remove = useDeleteSegment(dataset, segment.id);
  const inUse = isProblem(remove.error, 'segment.in_use') ? (remove.error.members.usedBy as SegmentUse[]) : undefined;
  const close = () => {
    remove.reset();
    onClose();
  };
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        close();
        notifications.show({ message: removing.done(segment.name) });
        onDeleted?.();
      },
    });
  return (
    <Confirmation
      opened={opened}
      title={removing.title(segment.name)}
      action={texts.segments.delete}
      danger
      busy={remove.isPending}
      error={inUse ? undefined : remove.error}
      onConfirm={confirm}
      onCancel={close}
    >
      <Stack gap="xs">
        <div>{removing.text}</div>
        <div>{removing.history}</div>
        {inUse && (
          <div role="alert">
            {removing.inUse}
            <SegmentUses dataset={dataset} uses={inUse} />
          </div>
        )}
      </Stack>
    </Confirmation>
  );
}
