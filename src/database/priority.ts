import { writeFile } from 'node:fs/promises';
import { constants, getPriority, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const below = constants.priority.PRIORITY_BELOW_NORMAL;

/** Linux lets nobody but the administrator set a session's priority more often than every 100 ms, all of them together. */
const askAgainMs = 120;
const triesMax = 50;

/**
 * Makes a process leave the processor to others who want it; what is idle it takes all the same. A courtesy: where the system does not
 * allow it, nothing is changed.
 *
 * It takes two settings on Linux, which heeds one of them: the priority of the process (`nice`) within a container or a service,
 * elsewhere that of its session, since the processor is shared out among sessions first, and each process of PostgreSQL is one of its
 * own (sched(7), "The autogroup feature").
 */
export async function lowerPriority(processId: number): Promise<void> {
  try {
    // Whoever started the server may have given all of it less already.
    setPriority(processId, Math.max(below, getPriority(processId)));
  } catch {
    // Not allowed, or the process is gone: the pace of the job alone protects the others.
  }
  for (let attempt = 1; attempt <= triesMax; attempt++) {
    try {
      return await writeFile(`/proc/${processId}/autogroup`, String(below), { flag: 'r+' });
    } catch (error) {
      // Anything else than too early: not allowed, gone, or a system without it.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      await sleep(askAgainMs, undefined, { ref: false });
    }
  }
}
