import type { Readable } from 'node:stream';
import type { Actor } from '../access/permissions.ts';
import { recordAudit } from '../audit/record.ts';
import { type DatasetDb, on } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { ImportRow } from './import.ts';
import { deleteReceiving, insertImport, markReceived } from './import-sql.ts';
import { type Mapping, planColumns } from './plan.ts';
import { readHeader } from './read.ts';
import type { FileFormat } from './rows.ts';
import { createSpool, receiveSpool, removeSpool, spoolPath } from './spool.ts';
import type { ImportKind } from './targets.ts';

export interface NewImport {
  kind: ImportKind;
  format: FileFormat;
  mapping: Mapping;
  upload: Readable;
  /** The upload is gzip data. */
  packed: boolean;
}

/**
 * Receives a file and records its import, which the step engine then carries out. When this returns, the file is safely on disk.
 * An upload that breaks and a file that cannot be imported leave nothing.
 *
 * Throws what `receiveSpool`, `readHeader` and `planColumns` throw.
 */
export async function startImport(
  ds: DatasetDb,
  { kind, format, mapping, upload, packed }: NewImport,
  { actor, dataDir, now }: { actor: Actor; dataDir: string; now: () => Date },
): Promise<ImportRow & { uploadHash: Buffer }> {
  if (format === 'ndjson' && saysAnything(mapping)) {
    throw new LetheError(
      'unacceptable',
      'import.map',
      'map, values and ignore are for CSV; lines of NDJSON name their own fields.',
      { errors: [{ field: 'map', code: 'import.map', detail: 'Leave map, values and ignore out.' }] },
    );
  }
  const id = newId(12, 'imp');
  const path = spoolPath(dataDir, ds.dataset.id, id);
  const requestedBy = { kind: actor.kind, id: actor.id, name: actor.name };
  try {
    await createSpool(path);
    await insertImport(ds, { id, kind, format, requestedBy, createdAt: now() });
    const { bytes, hash } = await receiveSpool(path, upload, packed);
    const { columns, start } = await readHeader(path, format);
    const ignoredColumns = format === 'csv' ? planColumns(kind, columns, mapping).ignoredColumns : [];
    const kept = { ...mapping, header: columns };
    const received = {
      mapping: kept,
      ignoredColumns,
      bytes,
      nextLine: start.line,
      nextByte: start.byte,
      receivedAt: now(),
    };
    const row = await ds.db.transaction().execute(async (db) => {
      const recorded = await markReceived(on(ds.dataset, db), id, received);
      const object = { kind: 'import', id };
      const after = { kind, format, bytes };
      await recordAudit(db, { actor, action: 'import.started', dataset: ds.dataset, object, after, at: now() });
      return recorded;
    });
    return { ...row, uploadHash: hash };
  } catch (error) {
    await deleteReceiving(ds, id).catch(() => {});
    await removeSpool(path);
    // Nothing takes the file of an upload away but the deletion of its dataset.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new LetheError('notFound', 'dataset.unknown', 'There is no such dataset any more.', { cause: error });
  }
}

function saysAnything({ map, values, ignore = [] }: Mapping): boolean {
  return Object.keys({ ...map, ...values }).length + ignore.length > 0;
}
