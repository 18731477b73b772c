import { Readable } from 'node:stream';
import { z } from 'zod';
import { recordAudit } from '../audit/record.ts';
import { type DatasetDb, on } from '../database/handle.ts';
import { type App, pageBody, pageOf, pageQuery, readCursor, writeCursor } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { exportUsers } from './export.ts';
import { countUsersIn, listUsers, summarize, summarySchema, userPosition, type WantedUsers } from './list-users.ts';
import { eventItemSchema, eventPosition, showEvents, showUser, userSchema } from './show-user.ts';
import { type UserItem, userItemSchema } from './user-items.ts';

const byDataset = z.object({ ds: z.string() });
const byUser = byDataset.extend({ id: z.string().describe("Lethe's own id, or the value of any identity") });
const exactType = { type: z.string().optional().describe('Identity type, to be exact; `id` is Lethe’s own id') };
const wantedUsers = {
  search: z.string().min(1).max(200).optional().describe("A part of any identity value, or Lethe's own id"),
  segment: z.string().optional(),
  sort: z.enum(['lastActivity']).optional().describe('Newest first; otherwise in the order in which they came'),
};
const tags = ['Users'];

export function userRoutes(app: App, lethe: Lethe): void {
  const { reads } = lethe.database;
  const config = { may: 'viewDataset' } as const;

  app.get(
    '/api/dataset/:ds/user/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Look a user up',
        params: byUser,
        querystring: z.strictObject(exactType),
        response: { 200: userSchema },
      },
    },
    ({ dataset, params, query }) => showUser(on(dataset, reads), params.id, query.type),
  );

  app.get(
    '/api/dataset/:ds/user/:id/events',
    {
      config,
      schema: {
        tags,
        summary: 'Events of a user, newest first',
        params: byUser,
        querystring: z.strictObject({
          ...exactType,
          action: z.string().min(1).optional().describe('Only those of this action, as it is written'),
          ...pageQuery,
        }),
        response: { 200: pageOf(eventItemSchema) },
      },
    },
    async ({ dataset, params, query: { type, action, limit, cursor } }) => {
      const before = readCursor(cursor, eventPosition);
      const { items, next } = await showEvents(on(dataset, reads), params.id, { type, action, limit, before });
      return { items, nextCursor: next ? writeCursor(next) : null };
    },
  );

  app.get(
    '/api/dataset/:ds/users',
    {
      config,
      schema: {
        tags,
        summary: 'Users',
        params: byDataset,
        querystring: z.strictObject({ ...wantedUsers, ...pageQuery }),
        response: { 200: pageOf(userItemSchema) },
      },
    },
    ({ dataset, query }) => pageOfUsers(on(dataset, reads), query),
  );

  app.post(
    '/api/dataset/:ds/users/search',
    {
      config,
      schema: {
        tags,
        summary: 'The same page of users, asked for in the body',
        description: 'What is searched for is personal data, which does not belong in an address: those are logged.',
        params: byDataset,
        body: z.strictObject({ ...wantedUsers, ...pageBody }),
        response: { 200: pageOf(userItemSchema) },
      },
    },
    ({ dataset, body }) => pageOfUsers(on(dataset, reads), body),
  );

  app.get(
    '/api/dataset/:ds/users/export',
    {
      config: { may: 'exportUsers' },
      schema: {
        tags,
        summary: 'All users as CSV',
        description: 'The columns are those of the export of a segment; `joined` is since when the user is here.',
        params: byDataset,
        produces: ['text/csv'],
      },
    },
    async ({ dataset, actor }, reply) => {
      const ds = on(dataset, reads);
      const after = { users: await countUsersIn(ds, undefined) };
      const object = { kind: 'dataset', id: dataset.id };
      const at = lethe.now();
      await recordAudit(lethe.database.writes, { actor, action: 'users.exported', dataset, object, after, at });
      lethe.announce('users.exported', { dataset: dataset.id, by: actor.id });
      return reply
        .header('content-disposition', `attachment; filename="users-${dataset.id}.csv"`)
        .type('text/csv; charset=utf-8; header=present')
        .send(Readable.from(exportUsers(ds), { objectMode: false }));
    },
  );

  app.get(
    '/api/dataset/:ds/users/count',
    {
      config,
      schema: {
        tags,
        summary: 'How many users there are, or are in a segment; exact',
        params: byDataset,
        querystring: z.strictObject({ segment: z.string().optional() }),
        response: { 200: z.object({ users: z.number() }) },
      },
    },
    async ({ dataset, query }) => ({ users: await countUsersIn(on(dataset, reads), query.segment) }),
  );

  app.get(
    '/api/dataset/:ds/summary',
    {
      config,
      schema: {
        tags: ['Datasets'],
        summary: 'What the dataset holds, exactly',
        params: byDataset,
        response: { 200: summarySchema },
      },
    },
    ({ dataset }) => summarize(on(dataset, reads)),
  );
}

async function pageOfUsers(
  ds: DatasetDb,
  { cursor, ...wanted }: Omit<WantedUsers, 'after'> & { cursor?: string | undefined },
): Promise<{ items: UserItem[]; nextCursor: string | null }> {
  const after = readCursor(cursor, userPosition);
  const { items, next } = await listUsers(ds, { ...wanted, after });
  return { items, nextCursor: next ? writeCursor(next) : null };
}
