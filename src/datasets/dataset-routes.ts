import { z } from 'zod';
import { reaches } from '../access/permissions.ts';
import type { Dataset } from '../database/handle.ts';
import { type App, moment, pageOf, pageQuery, readCursor, writeCursor } from '../http/app.ts';
import { isStorable } from '../http/validation.ts';
import type { Lethe } from '../lethe.ts';
import { changeDataset } from './change.ts';
import { createDataset } from './create.ts';
import { datasetIdPattern, datasetTypes } from './dataset.ts';
import { listDatasets } from './dataset-sql.ts';
import { deleteDataset } from './delete.ts';
import { quietHoursShape } from './quiet-hours.ts';

const datasetShape = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(datasetTypes),
  eventApi: z.boolean().describe('Takes events at `/api2/event/{ds}`, from anybody who knows its id'),
  quietHours: quietHoursShape.nullable().describe('Hours in which a bulk deletion goes gently; null for none'),
  createdAt: moment,
});
export type DatasetItem = z.infer<typeof datasetShape>;

const newDataset = z.strictObject({
  id: z
    .string()
    .regex(datasetIdPattern, 'expected a small letter, then up to 39 small letters, digits, "_" or "-"')
    .describe('Stands in every address; cannot be changed'),
  // Asked here: the name is written when the schema of the dataset is there already.
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .refine(isStorable, 'expected text without U+0000 or half of a surrogate pair'),
  type: z.enum(datasetTypes).default('production'),
});
const datasetChange = z
  .strictObject({ eventApi: z.boolean().optional(), quietHours: quietHoursShape.nullable().optional() })
  .refine((change) => Object.keys(change).length > 0, 'expected "eventApi" or "quietHours"');
const inDataset = z.object({ ds: z.string() });
const tags = ['Datasets'];

function shown({ id, name, type, eventApi, quietHours, createdAt }: Dataset): DatasetItem {
  return { id, name, type: type as DatasetItem['type'], eventApi, quietHours, createdAt: createdAt.toISOString() };
}

export function datasetRoutes(app: App, lethe: Lethe): void {
  const { reads, writes, starts } = lethe.database;
  const { partitions, datasetsMax } = lethe.settings;

  app.get(
    '/api/datasets',
    {
      config: { may: 'signedIn' },
      schema: {
        tags,
        summary: 'Datasets in which the caller has a role',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(datasetShape) },
      },
    },
    async ({ actor, query: { limit, cursor } }) => {
      const after = readCursor(cursor, z.string()) ?? '';
      const reached = (await listDatasets(reads)).filter(({ id }) => reaches(actor, id) && id > after);
      const page = reached.slice(0, limit);
      return { items: page.map(shown), nextCursor: reached.length > limit ? writeCursor(page.at(-1)?.id) : null };
    },
  );

  app.post(
    '/api/datasets',
    {
      config: { may: 'createDatasets', idempotent: true },
      schema: { tags, summary: 'Create a dataset', body: newDataset, response: { 201: datasetShape } },
    },
    async ({ actor, body }, reply) => {
      const now = lethe.now();
      const dataset = await createDataset(starts, body, { actor, partitions, datasetsMax, now });
      lethe.announce('dataset.created', { dataset: dataset.id });
      return reply.code(201).header('location', `/api/datasets/${dataset.id}`).send(shown(dataset));
    },
  );

  app.get(
    '/api/datasets/:ds',
    {
      config: { may: 'viewDataset' },
      schema: { tags, summary: 'One dataset', params: inDataset, response: { 200: datasetShape } },
    },
    async ({ dataset }) => shown(dataset),
  );

  app.patch(
    '/api/datasets/:ds',
    {
      config: { may: 'configureDataset' },
      schema: {
        tags,
        summary: 'Switch the Event API of a dataset on or off; set its quiet hours',
        params: inDataset,
        body: datasetChange,
        response: { 200: datasetShape },
      },
    },
    async ({ dataset, actor, body }) => {
      const changed = await changeDataset(writes, dataset, body, { actor, now: lethe.now() });
      if (changed.changed) lethe.announce('dataset.changed', { dataset: dataset.id });
      return shown(changed.dataset);
    },
  );

  app.delete(
    '/api/datasets/:ds',
    {
      config: { may: 'deleteDataset' },
      schema: {
        tags,
        summary: 'Delete a dataset with everything in it, for good',
        params: inDataset,
        querystring: z.strictObject({ confirm: z.string().optional().describe("The dataset's id") }),
      },
    },
    async ({ dataset, actor, query: { confirm } }, reply) => {
      await deleteDataset(starts, dataset, { confirm, actor, now: lethe.now() });
      lethe.announce('dataset.deleted', { dataset: dataset.id });
      // What jobs keep of it outside the database goes when they find it gone.
      lethe.wakeJobs();
      return reply.code(204).send();
    },
  );
}
