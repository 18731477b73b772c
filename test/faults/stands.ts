import type { HeldPhase } from '../holds.ts';

export type JobAnswer = Record<string, unknown> & {
  state: string;
  phase: string | null;
  users: number;
  deleted: number;
  scrub: { tables: number; of: number } | null;
};

/** Whether a job stands where `hold` keeps it in that phase. */
export function standsIn(job: JobAnswer | undefined, phase: HeldPhase): boolean {
  if (!job || job.state === 'completed') return false;
  switch (phase) {
    case 'start':
      return job.phase === 'deleting' && job.deleted === 0;
    case 'deleting':
      return job.phase === 'deleting' && job.deleted > 0;
    case 'lastStep':
      return job.phase === 'deleting' && job.deleted > job.users / 2;
    case 'verifying':
      return job.phase === 'verifying' && job.deleted === job.users;
    case 'scrubbing':
      return job.phase === 'scrubbing' && (job.scrub?.tables ?? 0) > (job.scrub?.of ?? 0) / 3;
    case 'completing':
      return job.phase === 'completing';
  }
}
