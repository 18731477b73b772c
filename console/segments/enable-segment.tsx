import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { inDataset, request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';

/** Enables a disabled segment; a rule-based one is then computed anew. Not shown to those who may not edit segments. */
export function EnableSegment({ dataset, segment }: { dataset: string; segment: SegmentItem }) {
  const mayEdit = useMay('editSegments', dataset);
  const queryClient = useQueryClient();
  const enable = useMutation({
    mutationFn: () =>
      request<SegmentItem>('PATCH', inDataset(dataset, 'segments', segment.id), { body: { enabled: true } }),
    onSuccess: (enabled) => {
      queryClient.setQueryData(['segment', dataset, segment.id], enabled);
      return queryClient.invalidateQueries({ queryKey: ['segments', dataset] });
    },
    onError: (error) =>
      notifications.show({ title: texts.deletions.notEnabled, message: error.message, color: 'orange' }),
  });
  if (!mayEdit || segment.enabled || segment.state === 'deleting') return null;
  return (
    <Button variant="default" size="xs" loading={enable.isPending} onClick={() => enable.mutate()}>
      {texts.deletions.enable}
    </Button>
  );
}
