import { VisuallyHidden } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import type { Job } from '../../src/deletions/job.ts';
import { newestDeletionQuery } from './deletion-queries.ts';
import { followJob } from './follow-job.ts';
import { announcementOf } from './job-words.ts';

export interface FollowedDeletion {
  /** The bulk deletion that runs in this dataset; undefined when none does. */
  job: Job | undefined;
  /** False while its news does not come through. */
  isConnected: boolean;
}

const context = createContext<FollowedDeletion>({ job: undefined, isConnected: true });

/** The bulk deletion that runs in the dataset at hand, live. */
export function useRunningDeletion(): FollowedDeletion {
  return useContext(context);
}

/** Follows whatever bulk deletion runs in a dataset, once for everything that shows it. */
export function FollowDeletions({ dataset, children }: { dataset: string; children: ReactNode }) {
  const queryClient = useQueryClient();
  const { data: job } = useQuery(newestDeletionQuery(dataset));
  const [isConnected, setConnected] = useState(true);
  const runningId = job && job.state !== 'completed' ? job.id : undefined;

  useEffect(() => {
    if (runningId === undefined) return;
    return followJob(dataset, runningId, {
      onConnection: setConnected,
      onJob: (heard) => {
        queryClient.setQueryData(newestDeletionQuery(dataset).queryKey, heard);
        // Figures of profiles have fallen, and the segment is its editors' again.
        if (heard.state === 'completed') void queryClient.invalidateQueries();
      },
    });
  }, [dataset, runningId, queryClient]);

  // The end is read out too, to whoever heard the beginning.
  const heardId = useRef<string>(undefined);
  if (runningId !== undefined) heardId.current = runningId;
  const spoken = job && job.id === heardId.current ? announcementOf(job) : '';

  const followed = { job: runningId === undefined ? undefined : (job ?? undefined), isConnected };
  return (
    <context.Provider value={followed}>
      <VisuallyHidden role="status">{spoken}</VisuallyHidden>
      {children}
    </context.Provider>
  );
}
