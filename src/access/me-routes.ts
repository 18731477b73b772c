import { z } from 'zod';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { rolesByDataset } from './member-routes.ts';
import { findMember } from './member-sql.ts';

const meShape = z.object({
  kind: z.enum(['member', 'token', 'system']),
  id: z.string(),
  name: z.string(),
  email: z.string().nullable().describe('Of a member; null for a token'),
  administrator: z.boolean(),
  roles: rolesByDataset,
  datasets: z.array(z.string()).nullable().describe("Where an administrator's reach ends; null: nowhere"),
  secondFactor: z.boolean().nullable().describe('Whether a member has one; null for a token'),
});
export type Me = z.infer<typeof meShape>;

/** Who asks, so that a page offers only what this one may do. */
export function meRoutes(app: App, lethe: Lethe): void {
  app.get(
    '/api/me',
    { config: { may: 'signedIn' }, schema: { tags: ['Access'], summary: 'Who asks', response: { 200: meShape } } },
    async ({ actor: { kind, id, name, administrator, roles, datasets } }) => {
      const member = kind === 'member' ? await findMember(lethe.database.reads, id) : undefined;
      return {
        kind,
        id,
        name,
        email: member?.email ?? null,
        administrator,
        roles,
        datasets: datasets ? [...datasets] : null,
        secondFactor: member?.secondFactor ?? null,
      };
    },
  );
}
