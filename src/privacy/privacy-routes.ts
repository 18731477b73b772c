import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { on } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { places } from '../profiles/places.ts';
import { deleteList, type ListOutcome, namesDeletedMax } from './delete-list.ts';
import { deleteUser } from './delete-user.ts';
import { lookUpList, lookUpSchema, namesLookedUpMax } from './look-up-list.ts';
import { type ListPurpose, listBytesMax, type NameList, readNameList } from './name-list.ts';

const tags = ['Privacy'];
const byDataset = z.object({ ds: z.string() });
const byUser = byDataset.extend({ id: z.string().describe("Lethe's own id, or the value of any identity") });
const rowsDeleted = z.object(Object.fromEntries(places.map(({ name }) => [name, z.number()])));

/** Users deleted or looked up by name: one, or all of a list. */
export function privacyRoutes(app: App, lethe: Lethe): void {
  deleteOne(app, lethe);
  // Apart, because they read their bodies themselves, whatever they are said to be.
  app.register(async (scope) => {
    takeForms(scope as unknown as App);
    deleteMany(scope as unknown as App, lethe);
    lookUpMany(scope as unknown as App, lethe);
  });
}

function deleteOne(app: App, lethe: Lethe): void {
  const { writes } = lethe.database;
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
}

function takeForms(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async () => undefined);
  // Two files, so that a second one is refused and not left aside.
  const limits = { fileSize: listBytesMax, files: 2, fields: 10, fieldSize: 1_024 };
  app.register(multipart, { throwFileSizeLimit: false, limits });
}

function deleteMany(app: App, lethe: Lethe): void {
  const { writes } = lethe.database;
  const purpose = { namesMax: namesDeletedMax, untouched: 'Nobody was deleted.' };
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
      const list = await readUpload(request, purpose);
      const outcome = await deleteList(on(dataset, writes), list, { actor, now: lethe.now() });
      const { deleted, requested } = outcome;
      lethe.announce('users.deleted_by_list', { dataset: dataset.id, deleted, requested });
      if (request.headers.accept?.includes('application/json')) return outcome satisfies ListOutcome;
      return reply.type('text/plain; charset=utf-8').send(`Deleted ${deleted} users (${requested} requested)`);
    },
  );
}

function lookUpMany(app: App, lethe: Lethe): void {
  const { writes } = lethe.database;
  const purpose = { namesMax: namesLookedUpMax, untouched: 'Nobody was looked up.' };
  app.post(
    '/api/dataset/:ds/users/look-up',
    {
      config: { may: 'answerPrivacyRequests' },
      schema: {
        tags,
        summary: 'Find the users of a list; changes nothing',
        description: `The same form as for deleting them, with at most ${namesLookedUpMax} names. Audited, without a name.`,
        params: byDataset,
        response: { 200: lookUpSchema },
      },
    },
    async (request) => {
      const { actor, dataset } = request;
      const list = await readUpload(request, purpose);
      const outcome = await lookUpList(on(dataset, writes), list, { actor, now: lethe.now() });
      const { found, requested } = outcome;
      lethe.announce('users.looked_up', { dataset: dataset.id, found, requested });
      return outcome;
    },
  );
}

/** The list of a form's one file. Throws `request.media_type`, `request.unreadable`, `privacy.…`. */
async function readUpload(request: FastifyRequest, purpose: ListPurpose): Promise<NameList> {
  if (!request.isMultipart()) throw notAForm();
  try {
    const lists: NameList[] = [];
    for await (const part of request.files()) {
      if (part.fieldname !== 'file' || lists.length > 0) throw notOneFile(purpose);
      lists.push(await readFile(part, purpose));
    }
    const [list] = lists;
    if (!list) throw notOneFile(purpose);
    return list;
  } catch (error) {
    // What is left of the form is passed over, so that its connection can carry the answer.
    request.raw.unpipe().resume();
    if (error instanceof LetheError || (error instanceof Error && 'statusCode' in error)) throw error;
    const detail = `The form cannot be read: its boundary is missing, or it ends too early. ${purpose.untouched}`;
    throw new LetheError('unreadable', 'request.unreadable', detail, { cause: error });
  }
}

async function readFile({ file }: MultipartFile, purpose: ListPurpose): Promise<NameList> {
  try {
    const list = await readNameList(file, purpose);
    if (!file.truncated) return list;
  } catch (error) {
    if (!file.truncated) throw error;
  }
  const detail = `The file has more than ${listBytesMax} bytes. ${purpose.untouched}`;
  throw new LetheError('tooLarge', 'privacy.too_large', detail);
}

function notAForm(): LetheError {
  const detail = 'The list is sent as multipart/form-data, in the field "file".';
  return new LetheError('unsupported', 'request.media_type', detail);
}

function notOneFile({ untouched }: ListPurpose): LetheError {
  const detail = `The form has exactly one file, in the field "file". ${untouched}`;
  const errors = [{ field: 'file', code: 'privacy.file', detail, expected: 'one file' }];
  return new LetheError('unacceptable', 'privacy.file', detail, { errors });
}
