import { z } from 'zod';
import { type App, moment, pageOf, pageQuery, readCursor, writeCursor } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { changeMember, deleteMember } from './change-member.ts';
import { createMember } from './create-member.ts';
import { unknownMember } from './member.ts';
import { findMember, listMembers, type Member } from './member-sql.ts';
import { roles } from './permissions.ts';

export const rolesByDataset = z.record(z.string(), z.enum(roles)).describe('Role by dataset id');
const email = z.string().trim().toLowerCase().max(254).pipe(z.email('expected an e-mail address'));
const name = z.string().trim().min(1).max(200);

const memberShape = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  administrator: z.boolean(),
  roles: rolesByDataset,
  mustChangePassword: z.boolean().describe('Has a one-time password that has to be replaced first'),
  secondFactor: z.boolean(),
  createdAt: moment,
});
export type MemberItem = z.infer<typeof memberShape>;

const newMember = z.strictObject({
  email,
  name,
  administrator: z.boolean().default(false),
  roles: rolesByDataset.default({}),
});
const memberChange = z.strictObject({
  email: email.optional(),
  name: name.optional(),
  administrator: z.boolean().optional(),
  roles: rolesByDataset.optional(),
});
const byId = z.object({ id: z.string() });
const tags = ['Access'];

function shown(member: Member): z.output<typeof memberShape> {
  return { ...member, createdAt: member.createdAt.toISOString() };
}

export function memberRoutes(app: App, lethe: Lethe): void {
  const { reads, writes } = lethe.database;
  const config = { may: 'manageMembers' } as const;

  app.get(
    '/api/members',
    {
      config,
      schema: {
        tags,
        summary: 'Members',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(memberShape) },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const members = await listMembers(reads, { limit: limit + 1, after: readCursor(cursor, z.string()) });
      const items = members.slice(0, limit).map(shown);
      return { items, nextCursor: members.length > limit ? writeCursor(items.at(-1)?.email) : null };
    },
  );

  app.post(
    '/api/members',
    {
      config,
      schema: {
        tags,
        summary: 'Create a member',
        body: newMember,
        response: { 201: memberShape.extend({ oneTimePassword: z.string().describe('Shown only here') }) },
      },
    },
    async (request, reply) => {
      const by = { actor: request.actor, now: lethe.now() };
      const { member, oneTimePassword = '' } = await createMember(writes, request.body, by);
      lethe.announce('member.created', { member: member.id });
      return reply
        .code(201)
        .header('location', `/api/members/${member.id}`)
        .send({ ...shown(member), oneTimePassword });
    },
  );

  app.get(
    '/api/members/:id',
    { config, schema: { tags, summary: 'One member', params: byId, response: { 200: memberShape } } },
    async ({ params }) => {
      const member = await findMember(reads, params.id);
      if (!member) throw unknownMember();
      return shown(member);
    },
  );

  app.patch(
    '/api/members/:id',
    {
      config,
      schema: { tags, summary: 'Change a member', params: byId, body: memberChange, response: { 200: memberShape } },
    },
    async (request) => {
      const by = { actor: request.actor, now: lethe.now() };
      const member = await changeMember(writes, request.params.id, request.body, by);
      lethe.announce('member.changed', { member: member.id });
      return shown(member);
    },
  );

  app.delete(
    '/api/members/:id',
    { config, schema: { tags, summary: 'Remove a member', params: byId } },
    async (request, reply) => {
      await deleteMember(writes, request.params.id, { actor: request.actor, now: lethe.now() });
      lethe.announce('member.deleted', { member: request.params.id });
      return reply.code(204).send();
    },
  );
}
