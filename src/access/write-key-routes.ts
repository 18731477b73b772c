import { z } from 'zod';
import { type App, moment, pageOf, pageQuery, readCursor, writeCursor } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { listWriteKeys, type WriteKey } from './write-key-sql.ts';
import { createWriteKey, deleteWriteKey } from './write-keys.ts';

const writeKeyShape = z.object({ key: z.string(), name: z.string(), createdAt: moment, lastUsedAt: moment.nullable() });
export type WriteKeyItem = z.infer<typeof writeKeyShape>;
const inDataset = z.object({ ds: z.string() });
const byKey = z.object({ ds: z.string(), key: z.string() });
const tags = ['Access'];

function shown({ key, name, createdAt, lastUsedAt }: WriteKey): z.output<typeof writeKeyShape> {
  return { key, name, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}

export function writeKeyRoutes(app: App, lethe: Lethe): void {
  const { reads, writes } = lethe.database;

  app.get(
    '/api/dataset/:ds/write-keys',
    {
      config: { may: 'manageWriteKeys' },
      schema: {
        tags,
        summary: 'Write keys of a dataset',
        params: inDataset,
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(writeKeyShape) },
      },
    },
    async ({ dataset, query: { limit, cursor } }) => {
      const keys = await listWriteKeys(reads, dataset, { limit: limit + 1, after: readCursor(cursor, z.int()) });
      const page = keys.slice(0, limit);
      return { items: page.map(shown), nextCursor: keys.length > limit ? writeCursor(page.at(-1)?.no) : null };
    },
  );

  app.post(
    '/api/dataset/:ds/write-keys',
    {
      config: { may: 'manageWriteKeys', idempotent: true },
      schema: {
        tags,
        summary: 'Make a write key',
        params: inDataset,
        body: z.strictObject({ name: z.string().trim().min(1).max(200) }),
        response: { 201: writeKeyShape },
      },
    },
    async ({ dataset, actor, body }, reply) => {
      const created = await createWriteKey(writes, dataset, body, { actor, now: lethe.now() });
      lethe.announce('write_key.created', { dataset: dataset.id });
      return reply
        .code(201)
        .header('location', `/api/dataset/${dataset.id}/write-keys/${created.key}`)
        .send(shown(created));
    },
  );

  app.delete(
    '/api/dataset/:ds/write-keys/:key',
    { config: { may: 'manageWriteKeys' }, schema: { tags, summary: 'Withdraw a write key', params: byKey } },
    async ({ dataset, actor, params }, reply) => {
      await deleteWriteKey(writes, dataset, params.key, { actor, now: lethe.now() });
      lethe.announce('write_key.deleted', { dataset: dataset.id });
      return reply.code(204).send();
    },
  );
}
