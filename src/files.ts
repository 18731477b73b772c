import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file so that whoever reads it finds the old text or the new one, never a part of it, and so that it is there after
 * a power cut.
 */
export function writeFileDurably(path: string, text: string, mode = 0o644): void {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(aside, 'w', mode);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Makes the names in a folder (created, renamed, removed) safe against a power cut. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
