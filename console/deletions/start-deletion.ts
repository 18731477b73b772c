import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Erasure } from '../../src/deletions/deletion.ts';
import type { Job } from '../../src/deletions/job.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { isProblem, isRefusal } from '../api/problem.ts';
import { inDataset, request } from '../api/request.ts';
import { newestDeletionQuery } from './deletion-queries.ts';
import { idempotencyKey } from './idempotency-key.ts';

export interface DeletionStart {
  dataset: string;
  segment: SegmentItem;
  /** The number of users that was shown, typed and confirmed. */
  expectedUsers: number;
  erasure: Erasure;
  onStarted(): void;
  /** Refused because things have changed: what is shown has to be looked up again. */
  lookAgain(): void;
}

/** Starts a bulk deletion. One that is sent again because its answer was lost is the same start: its key says so. */
export function useStartDeletion({ dataset, segment, onStarted, lookAgain, ...confirmed }: DeletionStart) {
  const queryClient = useQueryClient();
  const [key, setKey] = useState(idempotencyKey);
  // Another number or another erasure is another start.
  useEffect(() => setKey(idempotencyKey()), [confirmed.expectedUsers, confirmed.erasure]);
  return useMutation({
    mutationFn: () =>
      request<Job>('POST', inDataset(dataset, 'segments', segment.id, 'deletions'), {
        body: { consent: true, ...confirmed },
        headers: { 'idempotency-key': key },
      }),
    onSuccess: async (job) => {
      queryClient.setQueryData(newestDeletionQuery(dataset).queryKey, job);
      await queryClient.invalidateQueries({ queryKey: ['segment', dataset, segment.id] });
      onStarted();
    },
    onError: (error) => {
      // What was lost on the way or failed may have been a start: only a refusal makes the next attempt another one.
      if (isRefusal(error)) setKey(idempotencyKey());
      if (isProblem(error, 'deletion.users_changed') || isProblem(error, 'deletion.already_running')) lookAgain();
    },
  });
}
