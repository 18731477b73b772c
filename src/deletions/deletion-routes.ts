import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { on } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { type App, pageOf, pageQuery } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { deletionUrl, erasures } from './deletion.ts';
import { jobSchema, readJob, readJobs, unknownDeletion } from './job.ts';
import { findReceipt } from './job-sql.ts';
import { previewDeletion, previewSchema } from './preview.ts';
import { progressEvents } from './progress-stream.ts';
import { publicKeys } from './receipt.ts';
import { requireSegment, startDeletion } from './start.ts';

const tags = ['Bulk deletion'];
const ofSegment = z.object({ ds: z.string(), id: z.string() });
const ofJob = z.object({ ds: z.string(), job: z.string() });

const startBody = z.strictObject({
  consent: z.literal(true, 'expected true, because these users will be permanently deleted and cannot be recovered'),
  expectedUsers: z.number().int().nonnegative().describe('The exact number of users, as the preview says it'),
  erasure: z.enum(erasures).optional().describe('scrub: besides, no byte of them is left in the files of the database'),
});

/** Preview, start, history, progress and receipt of bulk deletions. Nothing here stops, pauses or cancels one. */
export function deletionRoutes(app: App, lethe: Lethe): void {
  const { database, settings } = lethe;
  const workers = settings.deletionWorkers;
  const find = ({ dataset, params }: FastifyRequest) =>
    requireSegment(on(dataset, database.reads), (params as z.infer<typeof ofSegment>).id);

  app.get(
    '/api/dataset/:ds/segments/:id/deletion-preview',
    {
      config: { may: 'deleteUsersInBulk', find },
      schema: {
        tags,
        summary: 'What a bulk deletion of this segment would delete',
        params: ofSegment,
        response: { 200: previewSchema },
      },
    },
    (request) =>
      previewDeletion(database.reads, request.dataset, {
        segmentId: request.params.id,
        erasure: settings.erasure,
      }),
  );

  app.post(
    '/api/dataset/:ds/segments/:id/deletions',
    {
      config: { may: 'deleteUsersInBulk', find, idempotent: true },
      schema: {
        tags,
        summary: 'Delete all users in the segment, permanently',
        params: ofSegment,
        body: startBody,
        response: { 202: jobSchema },
      },
    },
    async (request, reply) => {
      const id = await startDeletion(database.starts, request.dataset, {
        segmentId: request.params.id,
        expectedUsers: request.body.expectedUsers,
        erasure: request.body.erasure ?? settings.erasure,
        actor: request.actor,
        now: lethe.now,
      });
      lethe.announce('deletion.started', { dataset: request.dataset.id, deletion: id, by: request.actor.id });
      lethe.wakeJobs();
      const job = await readJob(on(request.dataset, database.starts), id, workers);
      return reply.code(202).header('location', deletionUrl(request.dataset.id, id)).send(job);
    },
  );

  app.get(
    '/api/dataset/:ds/deletions',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'History of bulk deletions, newest first',
        params: z.object({ ds: z.string() }),
        querystring: z.strictObject({
          ...pageQuery,
          segment: z.string().optional().describe('Only those of this segment'),
        }),
        response: { 200: pageOf(jobSchema) },
      },
    },
    (request) => {
      const { segment, ...page } = request.query;
      return readJobs(on(request.dataset, database.reads), { ...page, segmentId: segment }, workers);
    },
  );

  app.get(
    '/api/dataset/:ds/deletions/:job',
    {
      config: { may: 'viewDataset' },
      schema: { tags, summary: 'A bulk deletion as it stands', params: ofJob, response: { 200: jobSchema } },
    },
    (request) => readJob(on(request.dataset, database.reads), request.params.job, workers),
  );

  app.get(
    '/api/dataset/:ds/deletions/:job/progress',
    {
      config: { may: 'viewDataset' },
      schema: { tags, summary: 'Its progress, as server-sent events', params: ofJob, produces: ['text/event-stream'] },
    },
    async (request, reply) => {
      const read = () => readJob(on(request.dataset, database.reads), request.params.job, workers);
      await read();
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      return reply
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .type('text/event-stream; charset=utf-8')
        .send(Readable.from(progressEvents(read, gone.signal)));
    },
  );

  app.get(
    '/api/dataset/:ds/deletions/:job/receipt',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'The signed receipt of a completed bulk deletion',
        params: ofJob,
        produces: ['application/jose'],
      },
    },
    async (request, reply) => {
      const found = await findReceipt(on(request.dataset, database.reads), request.params.job);
      if (!found) throw unknownDeletion();
      if (!found.receipt) {
        throw new LetheError(
          'conflict',
          'deletion.not_completed',
          'There is no receipt before the bulk deletion is completed and proven.',
        );
      }
      return reply.type('application/jose').send(found.receipt);
    },
  );

  app.get(
    '/.well-known/jwks.json',
    { config: { may: 'public' }, schema: { tags, summary: 'Public keys that verify receipts, old ones included' } },
    () => publicKeys(database.reads),
  );
}
