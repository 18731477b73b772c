import { z } from 'zod';
import { type App, moment, pageOf, pageQuery, readCursor, writeCursor } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { listAuditEntries } from './audit-sql.ts';

const entryShape = z.object({
  at: moment,
  actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  action: z.string(),
  dataset: z.string().nullable(),
  object: z.object({ kind: z.string(), id: z.string() }),
  before: z.unknown(),
  after: z.unknown(),
});
export type AuditEntry = z.infer<typeof entryShape>;

/** A day is its first moment. */
const time = z
  .union(
    [z.iso.datetime({ offset: true }), z.iso.date()],
    'expected a day (2024-05-01) or a moment (2024-05-01T12:00:00Z)',
  )
  .transform((text) => new Date(text));

const filter = z.strictObject({
  ...pageQuery,
  dataset: z.string().optional(),
  actor: z.string().optional().describe('Id of a member or token'),
  action: z.string().optional().describe('An action, or its first word: `segment` finds `segment.created`'),
  from: time.optional().describe('From this moment or day on'),
  to: time.optional().describe('Before this moment or day'),
});

export function auditRoutes(app: App, lethe: Lethe): void {
  app.get(
    '/api/audit',
    {
      config: { may: 'readAudits' },
      schema: {
        tags: ['Access'],
        summary: 'What was done, newest first',
        querystring: filter,
        response: { 200: pageOf(entryShape) },
      },
    },
    async ({ query: { limit, cursor, ...wanted } }) => {
      const before = readCursor(cursor, z.int());
      const entries = await listAuditEntries(lethe.database.reads, wanted, { limit: limit + 1, before });
      const page = entries.slice(0, limit);
      const items = page.map(({ no, at, ...entry }) => ({ at: at.toISOString(), ...entry }));
      return { items, nextCursor: entries.length > limit ? writeCursor(page.at(-1)?.no) : null };
    },
  );
}
