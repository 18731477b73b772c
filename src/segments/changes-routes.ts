import { Readable } from 'node:stream';
import { z } from 'zod';
import { on } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import type { App } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { readPosition } from './change-position.ts';
import { Feeds } from './changes-feed.ts';
import { changeEvents } from './changes-stream.ts';
import { follow } from './following.ts';
import { unknownSegment } from './segment.ts';
import { findSegment } from './segment-sql.ts';

/** Streams of one server; each is a connection. */
const streamsMax = 500;
/** A reader comes back by itself and shows his credentials again: whoever may not read any more is out by then. */
const streamMsMax = 900_000;
/** A reader who takes nothing more does not see the end either. */
const endMsMax = 10_000;

const ofSegment = z.object({ ds: z.string(), id: z.string() });

/** Who joins a segment and who leaves it, as it happens, for other programs. */
export function changesRoutes(app: App, lethe: Lethe): void {
  const feeds = new Feeds(lethe);
  app.addHook('preClose', async () => feeds.end());

  app.get(
    '/api/dataset/:ds/segments/:id/changes',
    {
      config: {
        may: 'viewDataset',
        find: async ({ dataset, params }) => {
          const { id } = params as z.infer<typeof ofSegment>;
          if (!(await findSegment(on(dataset, lethe.database.reads), id))) throw unknownSegment();
        },
      },
      schema: {
        tags: ['Segments'],
        summary: 'Who joins and leaves, as server-sent events: joined, left, recomputed, reset',
        params: ofSegment,
        querystring: z.strictObject({
          after: z
            .string()
            .optional()
            .describe('The id of the last event that was read; the header Last-Event-ID says the same and wins'),
        }),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const { dataset, params, query, headers } = request;
      const last = headers['last-event-id'];
      const from = readPosition((Array.isArray(last) ? last[0] : last) || query.after);
      if (feeds.readers >= streamsMax) {
        const detail = `This server tells ${streamsMax} programs of changes already. Try again later.`;
        throw new LetheError('busy', 'segment.followed_by_too_many', detail, { retryAfterSeconds: 60 });
      }
      await follow(lethe, dataset, params.id);
      const gone = new AbortController();
      const end = setTimeout(() => gone.abort(), streamMsMax);
      const force = setTimeout(() => reply.raw.destroy(), streamMsMax + endMsMax);
      reply.raw.once('close', () => {
        clearTimeout(end);
        clearTimeout(force);
        gone.abort();
      });
      const events = feeds.with(dataset, params.id, (feed) => changeEvents(feed, from, gone.signal));
      return reply
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .type('text/event-stream; charset=utf-8')
        .send(Readable.from(events));
    },
  );
}
