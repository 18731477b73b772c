import { z } from 'zod';
import { LetheError } from '../errors.ts';
import type { App } from './app.ts';

/** What a supervisor and a monitor ask. `isReady` says whether the database answers. */
export function healthRoutes(
  app: App,
  { isReady, metrics }: { isReady(): Promise<boolean>; metrics(): Promise<string> },
): void {
  const health = { 200: z.object({ status: z.string() }) };
  app.get(
    '/health/live',
    { config: { may: 'public' }, schema: { tags: ['Health'], summary: 'The process runs', response: health } },
    async () => ({ status: 'live' }),
  );
  app.get(
    '/health/ready',
    { config: { may: 'public' }, schema: { tags: ['Health'], summary: 'Requests are served', response: health } },
    async () => {
      if (await isReady()) return { status: 'ready' };
      throw new LetheError('away', 'database.away', 'The database cannot be reached just now.');
    },
  );
  app.get(
    '/metrics',
    {
      config: { may: 'readMetrics', fromThisMachine: true },
      schema: { tags: ['Health'], summary: 'Figures for Prometheus', produces: ['text/plain'] },
    },
    async (_request, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics()),
  );
}
