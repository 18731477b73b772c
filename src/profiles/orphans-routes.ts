import { z } from 'zod';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { findOrphans, type Orphans, ownedPlaces } from './orphans.ts';

const count = z.number().int().min(0);
const answer = z.object({
  dataset: z.string(),
  clean: z.boolean().describe('No row without a profile and no profile without an identity'),
  rowsWithoutProfile: z
    .object(
      Object.fromEntries(ownedPlaces.map(({ name }) => [name, count])) as Record<
        keyof Orphans['rowsWithoutProfile'],
        typeof count
      >,
    )
    .describe('By place; the work list of a running bulk deletion is counted apart'),
  profilesWithoutIdentity: count,
  workList: z.object({ job: z.string(), rows: count, rowsWithoutProfile: count }).nullable(),
});

/** What `lethe check --orphans` asks. */
export function orphanRoutes(app: App, lethe: Lethe): void {
  app.get(
    '/api/dataset/:ds/check/orphans',
    {
      config: { may: 'deleteUser' },
      schema: {
        tags: ['Users'],
        summary: 'Look through every table for rows that belong to no user',
        params: z.object({ ds: z.string() }),
        response: { 200: answer },
      },
    },
    (request) => findOrphans(request.dataset, lethe.database.reads),
  );
}
