import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { on } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { places } from '../profiles/places.ts';
import { deleteList, type ListOutcome } from './delete-list.ts';
import { deleteUser } from './delete-user.ts';
import { listBytesMax, type NameList, readNameList } from './name-list.ts';

const tags = ['Privacy'];
const byDataset = z.object({ ds: z.string() });
const byUser = byDataset.extend({ id: z.string().describe("Lethe's own id, or the value of any identity") });
const rowsDeleted = z.object(Object.fromEntries(places.map(({ name }) => [name, z.number()])));

/** Users deleted by name: one, or all of a list. */
export function privacyRoutes(app: App, lethe: Lethe): void {
  const { writes } = lethe.database;
  app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: listBytesMax, files: 1, fields: 10, fieldSize: 1_024 },
  });

  app.delete(
    '/api/dataset/:ds/user/:id',
    {
      config: { may: 'deleteUser' },
      schema: {
        tags: ['Users'],
        summary: 'Delete one user, for good',
        params: byUser,
        querystring: z.strictObject({ type: z.string().optional().describe('Identity type, to be exact') }),
        response: { 200: z.object({ deleted: z.literal(1), rowsDeleted }) },
      },
    },
    async ({ actor, dataset, params, query }) => {
      const asked = { type: query.type, actor, now: lethe.now() };
      const { id, rows } = await deleteUser(on(dataset, writes), params.id, asked);
      lethe.announce('user.deleted', { dataset: dataset.id, user: id });
      return { deleted: 1 as const, rowsDeleted: rows };
    },
  );

  app.post(
    '/api/dataset/:ds/users/delete',
    {
      config: { may: 'answerPrivacyRequests' },
      schema: {
        tags,
        summary: 'Delete all users of a list, for good',
        description:
          'multipart/form-data with the field `file`: CSV, its header `name` (an identity value a line) or `identity:<type>`. The answer is text, or JSON with the outcome of every line when `Accept` asks for it.',
        params: byDataset,
      },
    },
    async (request, reply) => {
      const { actor, dataset } = request;
      const outcome = await deleteList(on(dataset, writes), await readUpload(request), { actor, now: lethe.now() });
      const { deleted, requested } = outcome;
      lethe.announce('users.deleted_by_list', { dataset: dataset.id, deleted, requested });
      if (request.headers.accept?.includes('application/json')) return outcome satisfies ListOutcome;
      return reply.type('text/plain; charset=utf-8').send(`Deleted ${deleted} users (${requested} requested)`);
    },
  );
}

async function readUpload(request: FastifyRequest): Promise<NameList> {
  if (!request.isMultipart()) {
    const detail = 'The list is sent as multipart/form-data, in the field "file".';
    throw new LetheError('unsupported', 'request.media_type', detail);
  }
  const part = await request.file();
  if (part?.fieldname !== 'file') {
    part?.file.resume();
    throw new LetheError(
      'unacceptable',
      'privacy.file',
      'The form has no file in the field "file". Nobody was deleted.',
    );
  }
  try {
    const list = await readNameList(part.file);
    if (!part.file.truncated) return list;
  } catch (error) {
    if (!part.file.truncated) throw error;
  } finally {
    part.file.resume();
  }
  throw new LetheError(
    'tooLarge',
    'privacy.too_large',
    `The file has more than ${listBytesMax} bytes. Nobody was deleted.`,
  );
}
