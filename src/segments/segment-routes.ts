import { Readable } from 'node:stream';
import { z } from 'zod';
import { recordAudit } from '../audit/record.ts';
import { on } from '../database/handle.ts';
import { type App, pageOf, pageQuery } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { clockRoutes } from './clock-routes.ts';
import { createSegment } from './create.ts';
import { deleteSegment } from './delete.ts';
import { editSegment } from './edit.ts';
import { exportSegment } from './export.ts';
import { limitsOf } from './limits.ts';
import { listUsersRoutes } from './list-users-routes.ts';
import { membershipRoutes } from './membership-routes.ts';
import { previewRule, rulePreviewSchema } from './preview.ts';
import { folderLengthMax, segmentKinds, segmentNameLengthMax, segmentUrl } from './segment.ts';
import { segmentSchema, showSegment, showSegments } from './show.ts';

const tags = ['Segments'];
const ofDataset = z.object({ ds: z.string() });
const ofSegment = z.object({ ds: z.string(), id: z.string() });
const name = z.string().trim().min(1, 'a segment needs a name').max(segmentNameLengthMax);
const folder = z
  .string()
  .trim()
  .min(1, 'a folder needs a name; null is no folder')
  .max(folderLengthMax)
  .nullable()
  .describe('Where lists show it; null for none');
const rule = z.unknown().describe('A group or a condition, as the reference of rules says');

/** Segments of all three kinds: created, shown, changed, deleted; their rules previewed and their users exported; their clock. */
export function segmentRoutes(app: App, lethe: Lethe): void {
  createAndList(app, lethe);
  showAndChange(app, lethe);
  previewAndExport(app, lethe);
  listUsersRoutes(app, lethe);
  membershipRoutes(app, lethe);
  clockRoutes(app, lethe);
}

function createAndList(app: App, { database, settings, now, announce, wakeJobs }: Lethe): void {
  app.get(
    '/api/dataset/:ds/segments',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'The segments by name, those that are disabled only on request',
        params: ofDataset,
        querystring: z.strictObject({
          ...pageQuery,
          showDisabled: z.stringbool('expected true or false').default(false),
        }),
        response: { 200: pageOf(segmentSchema) },
      },
    },
    (request) => showSegments(on(request.dataset, database.reads), request.query),
  );

  app.post(
    '/api/dataset/:ds/segments',
    {
      config: { may: 'editSegments', idempotent: true },
      schema: {
        tags,
        summary: 'Create a segment; a rule-based one is then computed',
        params: ofDataset,
        body: z.strictObject({ name, folder: folder.optional(), kind: z.enum(segmentKinds), rule: rule.optional() }),
        response: { 201: segmentSchema },
      },
    },
    async (request, reply) => {
      const { dataset, actor } = request;
      const ds = on(dataset, database.starts);
      const id = await createSegment(ds, request.body, { actor, now: now(), limits: limitsOf(settings) });
      announce('segment.created', { dataset: dataset.id, segment: id, by: actor.id });
      const segment = await showSegment(on(dataset, database.reads), id);
      wakeJobs();
      return reply.code(201).header('location', segmentUrl(dataset.id, id)).send(segment);
    },
  );
}

function showAndChange(app: App, { database, settings, now, announce, wakeJobs }: Lethe): void {
  app.get(
    '/api/dataset/:ds/segments/:id',
    {
      config: { may: 'viewDataset' },
      schema: { tags, summary: 'A segment as it stands', params: ofSegment, response: { 200: segmentSchema } },
    },
    (request) => showSegment(on(request.dataset, database.reads), request.params.id),
  );

  app.patch(
    '/api/dataset/:ds/segments/:id',
    {
      config: { may: 'editSegments' },
      schema: {
        tags,
        summary: 'Rename a segment, move it to a folder, change its rule, enable or disable it',
        params: ofSegment,
        body: z.strictObject({
          name: name.optional(),
          folder: folder.optional(),
          rule: rule.optional(),
          enabled: z.boolean().optional(),
        }),
        response: { 200: segmentSchema },
      },
    },
    async (request) => {
      const { dataset, actor } = request;
      const { id } = request.params;
      const ds = on(dataset, database.starts);
      await editSegment(ds, id, request.body, { actor, now: now(), limits: limitsOf(settings) });
      announce('segment.changed', { dataset: dataset.id, segment: id, by: actor.id });
      const segment = await showSegment(on(dataset, database.reads), id);
      wakeJobs();
      return segment;
    },
  );

  app.delete(
    '/api/dataset/:ds/segments/:id',
    {
      config: { may: 'editSegments' },
      schema: { tags, summary: 'Delete a segment; its users stay', params: ofSegment, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { dataset, actor } = request;
      await deleteSegment(on(dataset, database.starts), request.params.id, { actor, now: now() });
      announce('segment.deleted', { dataset: dataset.id, segment: request.params.id, by: actor.id });
      wakeJobs();
      return reply.code(204).send(null);
    },
  );
}

function previewAndExport(app: App, { database, now, announce }: Lethe): void {
  app.post(
    '/api/dataset/:ds/segments/preview',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'Who would be in a segment with this rule; nothing is saved',
        params: ofDataset,
        body: z.strictObject({ rule: rule.optional() }),
        response: { 200: rulePreviewSchema },
      },
    },
    (request) => previewRule(on(request.dataset, database.reads), request.body.rule, now()),
  );

  app.get(
    '/api/dataset/:ds/segments/:id/export',
    {
      config: { may: 'exportUsers' },
      schema: { tags, summary: 'The users of a segment as CSV', params: ofSegment, produces: ['text/csv'] },
    },
    async (request, reply) => {
      const { dataset, actor } = request;
      const { id } = request.params;
      const ds = on(dataset, database.reads);
      const { users } = await showSegment(ds, id);
      const object = { kind: 'segment', id };
      await recordAudit(database.writes, {
        actor,
        action: 'segment.exported',
        dataset,
        object,
        after: { users },
        at: now(),
      });
      announce('segment.exported', { dataset: dataset.id, segment: id, by: actor.id });
      return reply
        .header('content-disposition', `attachment; filename="segment-${id}.csv"`)
        .type('text/csv; charset=utf-8; header=present')
        .send(Readable.from(exportSegment(ds, id), { objectMode: false }));
    },
  );
}
