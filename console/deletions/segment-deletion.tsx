import { useQuery } from '@tanstack/react-query';
import type { SegmentItem } from '../../src/segments/show.ts';
import { newestDeletionOfSegmentQuery } from './deletion-queries.ts';
import { useRunningDeletion } from './followed-deletion.tsx';
import { ProvenDeletion } from './proven-deletion.tsx';
import { RunningDeletion } from './running-deletion.tsx';

/** On a segment's screen: its running bulk deletion, live; or the last one with its proof, until somebody enables the segment again. */
export function SegmentDeletion({ dataset, segment }: { dataset: string; segment: SegmentItem }) {
  const { job: running, isConnected } = useRunningDeletion();
  const { data: newest } = useQuery(newestDeletionOfSegmentQuery(dataset, segment.id));
  if (running?.segment.id === segment.id) return <RunningDeletion job={running} isConnected={isConnected} />;
  // Between its end and the next look at the segment nothing is said, rather than something old.
  if (newest?.state !== 'completed' || segment.disabledBecause !== 'deletion') return null;
  return <ProvenDeletion dataset={dataset} segment={segment} job={newest} />;
}
