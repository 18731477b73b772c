import { z } from 'zod';
import { on } from '../database/handle.ts';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { clockSchema, showClock } from './show-clock.ts';

/** How far the clock is. */
export function clockRoutes(app: App, { database, settings, now }: Lethe): void {
  app.get(
    '/api/dataset/:ds/clock',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags: ['Segments'],
        summary: 'How far the clock is with the users whom time moves into segments and out of them',
        params: z.object({ ds: z.string() }),
        response: { 200: clockSchema },
      },
    },
    ({ dataset }) => showClock(on(dataset, database.reads), settings, now()),
  );
}
