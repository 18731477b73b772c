import { Modal, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { SegmentItem } from '../../src/segments/show.ts';
import { isProblem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { AlreadyRunning } from './already-running.tsx';
import { ConfirmDeletion } from './confirm-deletion.tsx';
import { previewQuery } from './deletion-queries.ts';
import { useRunningDeletion } from './followed-deletion.tsx';

export interface DeletionDialogProps {
  dataset: string;
  segment: SegmentItem;
  onClose(): void;
}

/** Everything that a careful person asks before deleting all users of a segment, in the order in which one thinks of it. */
export function DeletionDialog({ dataset, segment, onClose }: DeletionDialogProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={texts.deletions.dialog.title(segment.name)}
      size={640}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      <Content dataset={dataset} segment={segment} onClose={onClose} />
    </Modal>
  );
}

function Content({ dataset, segment, onClose }: DeletionDialogProps) {
  const { job: running } = useRunningDeletion();
  const preview = useQuery({
    ...previewQuery(dataset, segment.id),
    refetchInterval: ({ state }) => (isProblem(state.error, 'segment.computing') ? 1_000 : false),
  });
  // One that is under way goes on: counting a large segment may take longer than the next question.
  const lookAgain = () => void preview.refetch({ cancelRefetch: false });
  const inTheWay = running?.id ?? preview.data?.blockedBy?.job.id;
  if (inTheWay !== undefined)
    return <AlreadyRunning dataset={dataset} segment={segment} job={inTheWay} onClose={onClose} onEnd={lookAgain} />;
  if (isProblem(preview.error, 'segment.computing'))
    return <Text role="status">{texts.deletions.dialog.computing}</Text>;
  if (preview.error && !preview.data)
    return <ProblemNotice error={preview.error} title={texts.deletions.dialog.notShown} retry={lookAgain} />;
  if (!preview.data) return <Loading what={texts.deletions.dialog.loading} />;
  if (preview.data.users === 0) return <Text>{texts.deletions.dialog.nobody}</Text>;
  return (
    <ConfirmDeletion
      dataset={dataset}
      segment={segment}
      preview={preview.data}
      onClose={onClose}
      lookAgain={lookAgain}
    />
  );
}
