import type { HeldPhase } from '../holds.ts';

export type JobAnswer = Record<string, unknown> & {
  state: string;
  phase: string | null;
  users: number;
  deleted: number;
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
    case 'completing':
      return job.phase === 'completing';
  }
}
