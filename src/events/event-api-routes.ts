import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Dataset } from '../database/handle.ts';
import { findDataset } from '../datasets/dataset-sql.ts';
import { LetheError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { refusalOf } from '../http/problem.ts';
import type { Routes } from '../http/server.ts';
import type { Lethe } from '../lethe.ts';
import { boundBodies, unreadable } from './bounded-body.ts';
import { eventApiAnswer, withErrorCode } from './event-api-answer.ts';
import { readEncodedEvent, readFormEvent, readJsonEvent, type SentEvent } from './event-api-body.ts';
import { takeEvent } from './event-api-take.ts';
import type { Intake } from './intake.ts';
import type { Origin } from './message.ts';
import { openToAllPages } from './tracking-pages.ts';

const tags = ['Event API'];
const byDataset = z.object({ ds: z.string() });
const response = { 200: eventApiAnswer };

/** The described system's own way for events to come in: from anybody where a dataset allows it, and from programs with a token. */
export function eventApiRoutes(intake: Intake): Routes {
  return (app, lethe) => {
    app.register(async (scope) => addOpenRoutes(scope as unknown as App, lethe, intake), { prefix: '/api2/event' });
    app.register(async (scope) => addTrustedRoute(scope as unknown as App, lethe, intake), {
      prefix: '/api2/authevent',
    });
  };
}

function addOpenRoutes(scope: App, lethe: Lethe, intake: Intake): void {
  openToAllPages(scope);
  answerWithErrorCodes(scope);
  readEventBodies(scope, lethe.settings, { form: true });
  // Known before the body is read.
  scope.addHook('onRequest', async (request) => {
    if (request.is404) return;
    request.dataset = await openDataset(lethe, (request.params as { ds: string }).ds);
    intake.refuseWhenFull();
  });
  const take = (dataset: Dataset, sent: SentEvent) =>
    takeEvent(intake, lethe, dataset, sent, originOf(lethe, { trusted: false, from: 'event', source: 'Event API' }));

  scope.post(
    '/:ds',
    {
      config: { may: 'public' },
      schema: {
        tags,
        summary: 'One event, from anybody',
        description:
          'JSON, or a form whose field `event` is the JSON in base64. 404 unless the dataset takes such events. Open to pages of any origin. The answer comes when the event is durable.',
        params: byDataset,
        response,
      },
    },
    async ({ dataset, body }) => take(dataset, sentEvent(body)),
  );

  scope.get(
    '/:ds',
    {
      config: { may: 'public' },
      schema: {
        tags,
        summary: 'One event, from anybody, in an address',
        params: byDataset,
        querystring: z.looseObject({ event: z.unknown().describe('The event as JSON, in base64') }),
        response,
      },
    },
    async ({ dataset, query }) => take(dataset, readEncodedEvent(query.event)),
  );
}

function addTrustedRoute(scope: App, lethe: Lethe, intake: Intake): void {
  answerWithErrorCodes(scope);
  readEventBodies(scope, lethe.settings, { form: false });
  scope.post(
    '/:ds',
    {
      config: { may: 'importData' },
      schema: {
        tags,
        summary: 'One event, from a program with a token',
        description: 'Its attributes win over those from a page. The answer comes when the event is durable.',
        params: byDataset,
        response,
      },
    },
    async ({ dataset, actor, body }) => {
      const origin = originOf(lethe, { trusted: true, from: 'authevent', source: actor.name });
      return takeEvent(intake, lethe, dataset, sentEvent(body), origin);
    },
  );
}

function originOf(lethe: Lethe, origin: Omit<Origin, 'receivedAt'>): Origin {
  return { ...origin, receivedAt: lethe.now() };
}

/** The dataset where it takes events from anybody; otherwise the same answer as where there is none. */
async function openDataset({ database }: Lethe, id: string): Promise<Dataset> {
  const dataset = await findDataset(database.reads, id);
  if (dataset?.eventApi) return dataset;
  const detail = 'No dataset takes events here. The Event API of a dataset is switched on by an administrator.';
  throw new LetheError('notFound', 'dataset.unknown', detail);
}

function readEventBodies(scope: App, settings: Lethe['settings'], { form }: { form: boolean }): void {
  // In base64 an event is 4/3 of its size, and each sign of that may be escaped as three.
  const bytesMax = 4 * settings.eventBytesMax + 1_024;
  const read = boundBodies(scope, { bytesMax, openBytesMax: settings.queueBytesMax });
  scope.removeAllContentTypeParsers();
  const parse = (types: string[], parseBytes: (bytes: Buffer) => SentEvent) =>
    scope.addContentTypeParser(types, async (request: FastifyRequest, payload: IncomingMessage) =>
      parseBytes(await read(request, payload)),
    );
  parse(['application/json', 'text/plain'], readJsonEvent);
  if (form) parse(['application/x-www-form-urlencoded'], readFormEvent);
}

function sentEvent(body: unknown): SentEvent {
  if (body) return body as SentEvent;
  throw unreadable('The body is empty.');
}

function answerWithErrorCodes(scope: App): void {
  scope.setErrorHandler((error, request) => {
    const refusal = refusalOf(error, request);
    throw refusal ? withErrorCode(refusal) : error;
  });
}
