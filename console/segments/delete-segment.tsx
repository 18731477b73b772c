import { Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { SegmentUse } from '../../src/segments/segment-uses.ts';
import { isProblem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { Confirmation } from '../ui/confirmation.tsx';
import { useDeleteSegment } from './segment-changes.ts';
import type { SegmentDialogProps } from './segment-dialog.ts';
import { SegmentUses } from './segment-uses.tsx';

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
