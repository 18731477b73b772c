import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { type DatasetDb, on } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { type App, moment, pageOf, pageQuery, readCursor, writeCursor } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { errorReport } from './error-report.ts';
import { type ImportError, type ImportRow, importStates, importUrl, unknownImport } from './import.ts';
import { findImport, listImportErrors, listImports } from './import-sql.ts';
import type { FileFormat } from './rows.ts';
import { hashUpload } from './spool.ts';
import { startImport } from './start-import.ts';
import { importKinds } from './targets.ts';

/** Errors that an import itself shows; the report has all of them. */
const errorsShownMax = 1_000;

const importShape = z.object({
  id: z.string(),
  kind: z.enum(importKinds),
  format: z.enum(['csv', 'ndjson']),
  state: z.enum(importStates),
  rows: z.number().describe('Rows taken so far: accepted and rejected'),
  accepted: z.number(),
  rejected: z.number(),
  percent: z.number().describe('0 to 100, by bytes of the file'),
  bytes: z.number().describe('Size of the file, unpacked'),
  ignoredColumns: z.array(z.string()),
  failure: z.object({ code: z.string(), detail: z.string() }).nullable(),
  requestedBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  createdAt: moment,
  completedAt: moment.nullable(),
});
export type ImportItem = z.infer<typeof importShape>;

const importWithErrors = importShape.extend({
  errors: z
    .array(z.object({ line: z.number(), code: z.string(), detail: z.string() }))
    .describe('The first 1,000 rejected rows'),
});
export type ImportDetails = z.infer<typeof importWithErrors>;

/** A query parameter that holds JSON of this shape. */
function inJson<T>(shape: z.ZodType<T, unknown>, expected: string) {
  return z.string().transform((json, context) => {
    const read = shape.safeParse(parse(json));
    if (read.success) return read.data;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  });
}

function jsonTexts(text: z.ZodType<string, unknown>, example: string) {
  return inJson(z.record(z.string(), text), `a JSON object of texts such as ${example}`);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const fixedText = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const startQuery = z.strictObject({
  kind: z.enum(importKinds),
  map: jsonTexts(z.string(), '{"userId":"customer_id"}')
    .optional()
    .describe('JSON, target: column, such as `{"userId":"customer_id"}`'),
  values: jsonTexts(fixedText, '{"type":"track","event":"Purchase"}')
    .optional()
    .describe('JSON, target: fixed text, such as `{"type":"track","event":"Purchase"}`'),
  ignore: inJson(z.array(z.string()), 'a JSON array of names of columns such as ["note"]')
    .optional()
    .describe('JSON, columns that fill nothing whatever they are called, such as `["note"]`'),
});

const byDataset = z.object({ ds: z.string() });
const byImport = byDataset.extend({ id: z.string() });
const tags = ['Imports'];

export function importRoutes(app: App, lethe: Lethe): void {
  const { reads, writes } = lethe.database;
  takeFilesAsTheyCome(app);

  app.post(
    '/api/dataset/:ds/imports',
    {
      config: { may: 'importData', idempotent: true, hashBody: ({ raw }) => hashUpload(raw) },
      schema: {
        tags,
        summary: 'Import a file',
        description:
          'The body is the file, as text/csv or application/x-ndjson, of any size, gzip allowed. The answer comes when all of it is safely received.',
        params: byDataset,
        querystring: startQuery,
        response: { 202: importWithErrors },
      },
    },
    async (request, reply) => {
      const { kind, map = {}, values = {}, ignore = [] } = request.query;
      const format = formatOf(request.headers['content-type']);
      const packed = isPacked(request.headers);
      const wanted = { kind, format, packed, mapping: { map, values, ignore }, upload: request.raw };
      const { actor, dataset } = request;
      const { dataDir } = lethe.settings;
      const row = await startImport(on(dataset, writes), wanted, { actor, dataDir, now: lethe.now });
      request.bodyHash = row.uploadHash;
      lethe.announce('import.started', { dataset: dataset.id, import: row.id, bytes: row.bytes });
      lethe.wakeJobs();
      return reply
        .code(202)
        .header('location', importUrl(dataset, row.id))
        .send({ ...shown(row), errors: [] });
    },
  );

  app.get(
    '/api/dataset/:ds/imports',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'Imports, newest first',
        params: byDataset,
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(importShape) },
      },
    },
    async ({ dataset, query: { limit, cursor } }) => {
      const before = readCursor(cursor, z.int());
      const rows = await listImports(on(dataset, reads), { limit: limit + 1, before });
      const page = rows.slice(0, limit);
      return { items: page.map(shown), nextCursor: rows.length > limit ? writeCursor(page.at(-1)?.no) : null };
    },
  );

  app.get(
    '/api/dataset/:ds/imports/:id',
    {
      config: { may: 'viewDataset' },
      schema: { tags, summary: 'One import', params: byImport, response: { 200: importWithErrors } },
    },
    async ({ dataset, params }) => withErrors(on(dataset, reads), params.id),
  );

  app.get(
    '/api/dataset/:ds/imports/:id/errors',
    {
      config: { may: 'viewDataset' },
      schema: { tags, summary: 'All rejected rows of an import, as CSV', params: byImport },
    },
    async ({ dataset, params }, reply) => {
      const ds = on(dataset, reads);
      const row = await findImport(ds, params.id);
      if (!row) throw unknownImport();
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${row.id}-errors.csv"`)
        .send(Readable.from(errorReport(ds, row.no)));
    },
  );
}

/** Nothing is read before the route itself reads: what stands for the body meanwhile is what an Idempotency-Key can compare at once. */
function takeFilesAsTheyCome(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async ({ headers }: { headers: IncomingHttpHeaders }) => ({
    type: headers['content-type'],
    encoding: headers['content-encoding'],
    length: headers['content-length'],
  }));
}

function formatOf(contentType = ''): FileFormat {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (type === 'text/csv') return 'csv';
  if (type === 'application/x-ndjson') return 'ndjson';
  throw new LetheError('unsupported', 'request.media_type', 'A file is sent as text/csv or application/x-ndjson.');
}

function isPacked(headers: IncomingHttpHeaders): boolean {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  if (encoding === 'identity') return false;
  throw new LetheError('unsupported', 'request.encoding', 'A file is sent as it is or with Content-Encoding: gzip.');
}

function shown(row: ImportRow): ImportItem {
  const { id, kind, format, state, rows, accepted, rejected, bytes, ignoredColumns, failure, requestedBy } = row;
  const percent = state === 'completed' ? 100 : bytes === 0 ? 0 : Math.floor((1_000 * row.nextByte) / bytes) / 10;
  const createdAt = row.createdAt.toISOString();
  const completedAt = row.completedAt?.toISOString() ?? null;
  const counts = { rows, accepted, rejected, percent, bytes };
  return { id, kind, format, state, ...counts, ignoredColumns, failure, requestedBy, createdAt, completedAt };
}

async function withErrors(ds: DatasetDb, id: string): Promise<ImportDetails> {
  const row = await findImport(ds, id);
  if (!row) throw unknownImport();
  const errors: ImportError[] = row.rejected === 0 ? [] : await listImportErrors(ds, row.no, { limit: errorsShownMax });
  return { ...shown(row), errors };
}
