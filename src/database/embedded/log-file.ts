import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';

/** Size from which the server's log is started anew, in bytes; the one before is kept as `….1`. */
const logBytesMax = 8 * 1024 * 1024;

/** The server holds the file open, for appending: it is emptied in place, not renamed. */
export function boundLog(path: string, bytesMax = logBytesMax): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < bytesMax) return;
  try {
    copyFileSync(path, `${path}.1`);
  } catch {
    // A full disk: then the room is needed more than the old lines.
    rmSync(`${path}.1`, { force: true });
  }
  truncateSync(path);
}
