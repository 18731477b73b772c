import { z } from 'zod';
import { on } from '../database/handle.ts';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { compareSegments, comparisonSchema } from './compare.ts';
import { daySchema, historyDaysMax, recentChangesSchema, showHistory, showRecentChanges } from './history.ts';

const tags = ['Segments'];
const ofDataset = z.object({ ds: z.string() });
const ofSegment = ofDataset.extend({ id: z.string() });
/** PostgreSQL counts no year 0. */
const day = z.iso.date('expected a day such as 2024-05-01').refine(hasYear, 'expected a day such as 2024-05-01');

/** How the users of segments come and go, and how many two segments have in common. */
export function membershipRoutes(app: App, { database, now }: Lethe): void {
  app.get(
    '/api/dataset/:ds/segments/history',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'How the users of every segment changed in the last days',
        params: ofDataset,
        querystring: z.strictObject({
          days: z.coerce.number().int().min(1).max(90).default(7).describe('UTC days, today included'),
        }),
        response: { 200: recentChangesSchema },
      },
    },
    ({ dataset, query }) => showRecentChanges(on(dataset, database.reads), query.days, now()),
  );

  app.get(
    '/api/dataset/:ds/segments/:id/history',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'How the users of a segment changed, day by day',
        params: ofSegment,
        querystring: z.strictObject({
          from: day.optional().describe('First UTC day; 90 days when left out'),
          to: day.optional().describe(`Last UTC day, today when left out; at most ${historyDaysMax} days in all`),
        }),
        response: { 200: z.object({ items: z.array(daySchema) }) },
      },
    },
    async ({ dataset, params, query }) => ({
      items: await showHistory(on(dataset, database.reads), params.id, { ...query, now: now() }),
    }),
  );

  app.get(
    '/api/dataset/:ds/segments/:id/compare',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'How many users two segments have in common',
        params: ofSegment,
        querystring: z.strictObject({ with: z.string().describe('Id of the other segment') }),
        response: { 200: comparisonSchema },
      },
    },
    ({ dataset, params, query }) => compareSegments(on(dataset, database.reads), params.id, query.with),
  );
}

function hasYear(text: string): boolean {
  return !text.startsWith('0000');
}
