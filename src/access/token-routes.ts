import { z } from 'zod';
import { type App, moment, pageOf, pageQuery, readCursor, writeCursor } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { createToken, deleteToken, unknownToken } from './create-token.ts';
import { rolesByDataset } from './member-routes.ts';
import { findToken, listTokens, type Token } from './token-sql.ts';

const tokenShape = z.object({
  keyId: z.string(),
  name: z.string(),
  administrator: z.boolean(),
  roles: rolesByDataset,
  datasets: z.array(z.string()).nullable().describe("Where an administrator's token ends; null: nowhere"),
  createdAt: moment,
  createdBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
});
export type TokenItem = z.infer<typeof tokenShape>;

const newToken = z.strictObject({
  name: z.string().trim().min(1).max(200),
  administrator: z.boolean().default(false),
  roles: rolesByDataset.default({}),
  datasets: z.array(z.string()).min(1).optional(),
});
const byKeyId = z.object({ keyId: z.string() });
const tags = ['Access'];

function shown({ no, createdAt, ...token }: Token): z.output<typeof tokenShape> {
  return { ...token, createdAt: createdAt.toISOString() };
}

export function tokenRoutes(app: App, lethe: Lethe): void {
  const { reads, writes } = lethe.database;
  const config = { may: 'manageTokens' } as const;

  app.get(
    '/api/tokens',
    {
      config,
      schema: {
        tags,
        summary: 'API tokens',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(tokenShape) },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const tokens = await listTokens(reads, { limit: limit + 1, after: readCursor(cursor, z.int()) });
      const page = tokens.slice(0, limit);
      return { items: page.map(shown), nextCursor: tokens.length > limit ? writeCursor(page.at(-1)?.no) : null };
    },
  );

  app.post(
    '/api/tokens',
    {
      config,
      schema: {
        tags,
        summary: 'Make an API token',
        body: newToken,
        response: { 201: tokenShape.extend({ secret: z.string().describe('Shown only here') }) },
      },
    },
    async (request, reply) => {
      const by = { actor: request.actor, now: lethe.now() };
      const { token, secret } = await createToken(writes, request.body, by);
      lethe.announce('token.created', { token: token.keyId });
      return reply
        .code(201)
        .header('location', `/api/tokens/${token.keyId}`)
        .send({ ...shown(token), secret });
    },
  );

  app.get(
    '/api/tokens/:keyId',
    { config, schema: { tags, summary: 'One API token', params: byKeyId, response: { 200: tokenShape } } },
    async ({ params }) => {
      const token = await findToken(reads, params.keyId);
      if (!token) throw unknownToken();
      return shown(token);
    },
  );

  app.delete(
    '/api/tokens/:keyId',
    { config, schema: { tags, summary: 'Revoke an API token', params: byKeyId } },
    async (request, reply) => {
      await deleteToken(writes, request.params.keyId, { actor: request.actor, now: lethe.now() });
      lethe.announce('token.deleted', { token: request.params.keyId });
      return reply.code(204).send();
    },
  );
}
