import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A file that only takes up room. When the disk is full PostgreSQL cannot even recover, because that needs a little room:
 * giving up the ballast lets it start.
 */
export interface Ballast {
  /** Makes it if it is missing and the disk has plenty of room. */
  keep(signal: AbortSignal): Promise<void>;
  /** Gives it up. Says whether there was any. */
  spend(): boolean;
}

const mb = 1024 * 1024;
/** Room that must be left when the ballast is made, in bytes. */
const roomLeftMin = 512 * mb;

export function createBallast(dataDir: string, sizeBytes = 64 * mb): Ballast {
  const path = join(dataDir, 'ballast');
  const present = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    async keep(signal) {
      if (present() >= sizeBytes) return;
      const { bavail, bsize } = await statfs(dataDir);
      if (bavail * bsize < sizeBytes + roomLeftMin) return;
      await fill(path, sizeBytes, signal);
    },
    spend() {
      const had = present() > 0;
      rmSync(path, { force: true });
      return had;
    },
  };
}

async function fill(path: string, sizeBytes: number, signal: AbortSignal): Promise<void> {
  // Random, because a file system that compresses would store zeros in no room at all.
  const chunk = randomBytes(mb);
  const file = await open(path, 'w', 0o600);
  try {
    for (let written = 0; written < sizeBytes && !signal.aborted; written += mb) {
      await file.write(chunk, 0, Math.min(mb, sizeBytes - written));
    }
  } finally {
    await file.close();
  }
}
