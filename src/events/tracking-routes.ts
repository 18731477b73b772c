import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { KnownWriteKeys } from '../access/known-write-keys.ts';
import { LetheError } from '../errors.ts';
import type { App } from '../http/app.ts';
import type { Routes } from '../http/server.ts';
import type { Lethe } from '../lethe.ts';
import { unreadable } from './bounded-body.ts';
import type { Intake } from './intake.ts';
import type { Sender } from './tracking-batch.ts';
import { readTrackingBodies, type TrackingBody } from './tracking-body.ts';
import { keyInBody, keyInHeader, noSuchKey } from './tracking-key.ts';
import { type MessageType, messageTypes } from './tracking-message.ts';
import { openToAllPages } from './tracking-pages.ts';
import { librarySettings } from './tracking-settings.ts';
import { takeBatch, takeSingle } from './tracking-take.ts';

const answer = z.object({
  success: z.literal(true),
  rejected: z
    .array(
      z.object({
        index: z.number().describe('Place in the batch, from 0'),
        messageId: z.string().nullable(),
        code: z.string(),
        field: z.string().nullable(),
        detail: z.string(),
      }),
    )
    .optional()
    .describe('Messages that were not taken; all others are durable'),
});
const tags = ['Tracking'];
const description =
  'Write key as Basic user name or as `writeKey` in the body. JSON, as application/json or text/plain; gzip, deflate and br allowed. Open to pages of any origin. The answer comes when everything taken is durable.';
const config = { may: 'public' } as const;

/** The public tracking API, as the libraries of Segment and RudderStack speak it, with the short forms of those for browsers. */
export function trackingRoutes(intake: Intake): Routes {
  return (app, lethe) => {
    const { batchBytesMax, queueBytesMax } = lethe.settings;
    const addRoutes = async (scope: App) => {
      openToAllPages(scope);
      readTrackingBodies(scope, { bytesMax: batchBytesMax, openBytesMax: queueBytesMax });
      const keys = new KnownWriteKeys(lethe.database, lethe.now);
      addLibraryRoutes(scope, lethe, keys);
      await scope.register(async (calls) => addCalls(calls as unknown as App, lethe, keys, intake));
    };
    app.register((scope) => addRoutes(scope as unknown as App), { prefix: '/v1' });
  };
}

function addCalls(scope: App, { settings, now }: Lethe, keys: KnownWriteKeys, intake: Intake): void {
  // A wrong key and a full queue are known before the body is read.
  scope.addHook('onRequest', async (request) => {
    const key = keyInHeader(request);
    if (key !== undefined && !(await keys.find(key))) throw noSuchKey();
    intake.refuseWhenFull();
  });
  /** What came, from whom, and for which dataset. */
  const open = async (request: FastifyRequest) => {
    const receivedAt = now();
    const body = request.body as TrackingBody | null | undefined;
    if (!body) throw unreadable('The body is empty.');
    const key = keyInHeader(request) ?? keyInBody(body);
    const opened = key === undefined ? undefined : await keys.find(key);
    if (!opened) throw noSuchKey();
    request.dataset = opened.dataset;
    const sender: Sender = { source: opened.keyName, receivedAt, messageBytesMax: settings.eventBytesMax };
    return { dataset: opened.dataset, body, sender };
  };
  const schemaOf = (summary: string) => ({ tags, summary, description, response: { 200: answer } });

  const addSingle = (path: string, type: MessageType) =>
    scope.post(path, { config, schema: schemaOf(`One ${type} message`) }, async (request) => {
      const { dataset, body, sender } = await open(request);
      return takeSingle(intake, dataset, type, body, sender);
    });
  for (const type of messageTypes) for (const path of [`/${type}`, `/${type[0]}`]) addSingle(path, type);

  for (const path of ['/batch', '/b', '/import']) {
    scope.post(path, { config, schema: schemaOf('Messages of all types, in one transaction') }, async (request) => {
      const { dataset, body, sender } = await open(request);
      return takeBatch(intake, dataset, body, sender);
    });
  }
}

/** What libraries ask for besides. */
function addLibraryRoutes(scope: App, { settings: { publicUrl } }: Lethe, keys: KnownWriteKeys): void {
  scope.post(
    '/m',
    {
      config,
      schema: { tags, summary: 'Figures of a library about itself: taken and dropped', response: { 200: answer } },
    },
    async () => ({ success: true as const }),
  );
  scope.get(
    '/projects/:writeKey/settings',
    {
      config,
      schema: {
        tags,
        summary: 'Settings of a library in a browser: this server as its only integration',
        params: z.object({ writeKey: z.string() }),
      },
    },
    async ({ params: { writeKey }, protocol, host }) => {
      if (!(await keys.find(writeKey)))
        throw new LetheError('notFound', 'write_key.unknown', 'There is no such write key.');
      const own = publicUrl === undefined ? { protocol, host } : addressOf(publicUrl);
      return librarySettings(writeKey, own);
    },
  );
}

/** Where people reach this server, as the proxy in front of it is told. */
function addressOf(publicUrl: string): { protocol: string; host: string } {
  const { protocol, host, pathname } = new URL(publicUrl);
  return { protocol: protocol.slice(0, -1), host: `${host}${pathname.replace(/\/+$/, '')}` };
}
