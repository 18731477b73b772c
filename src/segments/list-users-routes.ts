import { z } from 'zod';
import { on } from '../database/handle.ts';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { changeUsers } from './change-users.ts';
import { idsPerCallMax, type ListChange } from './list-users.ts';
import { replaceUsers } from './replace-users.ts';

const shape = {
  tags: ['Segments'],
  params: z.object({ ds: z.string(), id: z.string() }),
  body: z.strictObject({
    ids: z
      .array(z.string().min(1).max(1_024))
      .max(idsPerCallMax)
      .describe("Lethe's own ids or identity values; users who are not there are not created"),
  }),
  response: {
    200: z.object({
      items: z.array(
        z.object({ id: z.string(), outcome: z.enum(['added', 'alreadyIn', 'removed', 'notIn', 'unknown']) }),
      ),
      users: z.number().int().describe('Users of the list now'),
    }),
  },
};

/** The users of manual segments and subscriber lists, changed by hand or from outside. */
export function listUsersRoutes(app: App, lethe: Lethe): void {
  const { database, now, announce, wakeJobs } = lethe;
  const path = '/api/dataset/:ds/segments/:id/users';

  const announced = (datasetId: string, segment: string, by: string, change: ListChange): ListChange => {
    announce('segment.users_changed', { dataset: datasetId, segment, by, users: change.users });
    wakeJobs();
    return change;
  };

  // Keeps no answer under an Idempotency-Key: it would outlive the users whose names are in it, and adding twice adds once.
  app.post(
    path,
    { config: { may: 'editSegments' }, schema: { ...shape, summary: 'Add users to a list' } },
    async ({ dataset, actor, params: { id }, body: { ids } }) => {
      const ds = on(dataset, database.writes);
      const change = await changeUsers(ds, id, { change: 'add', ids }, { actor, now: now() });
      return announced(dataset.id, id, actor.id, change);
    },
  );

  app.delete(
    path,
    { config: { may: 'editSegments' }, schema: { ...shape, summary: 'Take users out of a list' } },
    async ({ dataset, actor, params: { id }, body: { ids } }) => {
      const ds = on(dataset, database.writes);
      const change = await changeUsers(ds, id, { change: 'remove', ids }, { actor, now: now() });
      return announced(dataset.id, id, actor.id, change);
    },
  );

  app.put(
    path,
    { config: { may: 'editSegments' }, schema: { ...shape, summary: 'Make these the only users of a list' } },
    async ({ dataset, actor, params: { id }, body: { ids } }) => {
      const ds = on(dataset, database.starts);
      const change = await replaceUsers(ds, id, ids, { actor, now: now() });
      return announced(dataset.id, id, actor.id, change);
    },
  );
}
