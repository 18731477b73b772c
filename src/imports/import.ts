import type { Dataset } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import type { Mapping } from './plan.ts';
import type { FileFormat } from './rows.ts';
import type { ImportKind } from './targets.ts';

/**
 * An import: a file on its way into the dataset.
 *
 *     receiving ──all of it safely on disk──▶ running ──last row──▶ completed
 *                                                └──file is gone──▶ failed
 *
 * An upload that breaks, or a file that is refused for its header, leaves no import. Rejected rows do not stop one.
 */
export const importStates = ['receiving', 'running', 'completed', 'failed'] as const;
export type ImportState = (typeof importStates)[number];

/** What is kept about how the file is meant: the names of its columns, and what the request said about them. */
export interface KeptMapping extends Mapping {
  header: string[];
}

export interface ImportRow {
  no: number;
  id: string;
  kind: ImportKind;
  format: FileFormat;
  mapping: KeptMapping;
  state: ImportState;
  /** Rows taken so far; the next one begins at this line and byte. */
  rows: number;
  nextLine: number;
  nextByte: number;
  accepted: number;
  rejected: number;
  /** Size of the file, unpacked. */
  bytes: number;
  ignoredColumns: string[];
  failure: { code: string; detail: string } | null;
  requestedBy: { kind: string; id: string; name: string };
  createdAt: Date;
  receivedAt: Date | null;
  completedAt: Date | null;
}

/** Why a row was not taken. Quotes no value of the row. */
export interface ImportError {
  line: number;
  code: string;
  detail: string;
}

export function importUrl(dataset: Dataset, id: string): string {
  return `/api/dataset/${dataset.id}/imports/${id}`;
}

export function unknownImport(): LetheError {
  return new LetheError('notFound', 'import.unknown', 'There is no such import in this dataset.');
}
