import { z } from 'zod';
import { on } from '../database/handle.ts';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { limitSchema, showLimits } from './show-limits.ts';

/** How much a dataset may hold. */
export function limitRoutes(app: App, { database, settings }: Lethe): void {
  app.get(
    '/api/dataset/:ds/limits',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags: ['Datasets'],
        summary: 'The limits in force, how much of them is used, and the settings that change them',
        params: z.object({ ds: z.string() }),
        response: { 200: z.object({ items: z.array(limitSchema) }) },
      },
    },
    async ({ dataset, actor }) => ({ items: await showLimits(on(dataset, database.reads), settings, actor) }),
  );
}
