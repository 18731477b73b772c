import { type Dataset, on } from '../database/handle.ts';
import { installationSecret } from '../database/secret-sql.ts';
import { listDatasets } from '../datasets/dataset-sql.ts';
import { everyHour } from '../datasets/every-hour.ts';
import type { JobKind } from '../jobs/jobs.ts';
import { StepSize } from '../jobs/step-size.ts';
import type { Lethe } from '../lethe.ts';
import { advanceImport, finishImport, type ImportContext, importStepLimits } from './advance-import.ts';
import type { ImportRow } from './import.ts';
import { deleteImportErrors, deleteReceiving, findImport, findRunningImports } from './import-sql.ts';
import { leftSpools, removeSpool, removeSpools, spooledDatasets, spooledImports, spoolPath } from './spool.ts';

/** An import whose file is on this server. */
interface RunningImport {
  dataset: Dataset;
  id: string;
}

/** The step jobs of this folder: running imports, and the end of old error reports. Call it before anything is received. */
export function importJobs(lethe: Lethe): JobKind<never>[] {
  return [runningImports(lethe), oldErrorReports(lethe)] as unknown as JobKind<never>[];
}

function runningImports(lethe: Lethe): JobKind<RunningImport> {
  const { database, settings, announce } = lethe;
  const left = leftSpools(settings.dataDir);
  let messageKey: Buffer | undefined;
  // One for all imports: they write to segments and profiles of the same kind.
  const size = new StepSize(importStepLimits);
  return {
    name: 'import',
    workers: 1,
    open: async () => {
      // Asked before the datasets: whose folder is there and who is not among them has been deleted.
      const folders = await spooledDatasets(settings.dataDir);
      const datasets = await listDatasets(database.reads);
      for (const gone of folders.filter((name) => !datasets.some(({ id }) => id === name)))
        await removeSpools(settings.dataDir, gone);
      await removeLeftovers(lethe, datasets, left);
      const running = await Promise.all(datasets.map((dataset) => runningIn(lethe, dataset)));
      return running.flat();
    },
    keyOf: ({ id }) => id,
    async step({ dataset, id }) {
      const row = await findImport(on(dataset, database.steps), id);
      if (row?.state !== 'running') return 'finished';
      messageKey ??= await installationSecret(database.steps, 'messages');
      const context = { ...contextOf(lethe, dataset, id, messageKey), size };
      const result = await advanceImport(dataset, database.steps, row, context).catch((error) =>
        failWithoutFile(lethe, dataset, row, error),
      );
      if (result === 'more') return 'more';
      if (result === 'elsewhere') return 'idle';
      await removeSpool(context.path);
      announce(result === 'failed' ? 'import.failed' : 'import.completed', { dataset: dataset.id, import: id });
      return 'finished';
    },
  };
}

function contextOf(lethe: Lethe, dataset: Dataset, id: string, messageKey: Buffer): Omit<ImportContext, 'size'> {
  const { attributesPerProfileMax, messageIdHours, eventBytesMax, dataDir } = lethe.settings;
  return {
    limits: { attributesPerProfileMax, messageIdHours },
    messageKey,
    now: lethe.now(),
    path: spoolPath(dataDir, dataset.id, id),
    eventBytesMax,
  };
}

/** A file that somebody took away does not come back: the import says what it has done and ends. */
async function failWithoutFile(
  { database, now }: Lethe,
  dataset: Dataset,
  row: ImportRow,
  error: unknown,
): Promise<'failed'> {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  const detail = `The uploaded file is gone. The first ${row.rows} rows were taken; send the rest again.`;
  await finishImport(dataset, database.steps, row, { code: 'import.file_gone', detail }, now());
  return 'failed';
}

/** With a database of its own, this server has the files of all imports; with a shared one, another server may have them. */
async function runningIn({ database, settings }: Lethe, dataset: Dataset): Promise<RunningImport[]> {
  const ids = settings.databaseUrl ? await spooledImports(settings.dataDir, dataset.id) : undefined;
  const rows = await findRunningImports(on(dataset, database.reads), ids);
  return rows.map(({ id }) => ({ dataset, id }));
}

/** Files of uploads that a crash broke off, of imports that ended, and of datasets that are gone. */
async function removeLeftovers(
  { database, settings }: Lethe,
  datasets: Dataset[],
  left: ReturnType<typeof leftSpools>,
) {
  for (let spool = left.at(-1); spool; spool = left.at(-1)) {
    const { datasetId, importId } = spool;
    const dataset = datasets.find(({ id }) => id === datasetId);
    const row = dataset && (await findImport(on(dataset, database.reads), importId));
    if (row?.state !== 'running') {
      if (dataset) await deleteReceiving(on(dataset, database.writes), importId);
      await removeSpool(spoolPath(settings.dataDir, datasetId, importId));
    }
    left.pop();
  }
}

function oldErrorReports(lethe: Lethe): JobKind<Dataset> {
  const days = lethe.settings.importErrorDays;
  return everyHour(lethe, 'import error reports', async (ds) => {
    await deleteImportErrors(ds, new Date(lethe.now().getTime() - days * 86_400_000));
    return 'finished';
  });
}
