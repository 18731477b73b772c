import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import type { SegmentEdit } from '../../src/segments/edit.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { inDataset, request } from '../api/request.ts';

/** Changes one segment; every screen that shows it then shows it as the server answered. */
export function useChangeSegment(dataset: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (edit: SegmentEdit) =>
      request<SegmentItem>('PATCH', inDataset(dataset, 'segments', id), { body: edit }),
    onSuccess: (changed) => {
      queryClient.setQueryData(['segment', dataset, id], changed);
      return queryClient.invalidateQueries({ queryKey: ['segments', dataset] });
    },
  });
}

/** Deletes a segment; its users stay. */
export function useDeleteSegment(dataset: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => request<void>('DELETE', inDataset(dataset, 'segments', id)),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['segments', dataset] }),
  });
}

/** After users of a list were changed by hand. */
export function refreshUsers(queryClient: QueryClient, dataset: string, id: string): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: ['segment', dataset, id] }),
    queryClient.invalidateQueries({ queryKey: ['segments', dataset] }),
    queryClient.invalidateQueries({ queryKey: ['users', dataset] }),
  ]);
}
