import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LetheError } from '../errors.ts';
import type { Lethe } from '../lethe.ts';
import type { App } from './app.ts';
import { serveConsole } from './console.ts';
import { addDocumentation, collectRoutes } from './documentation.ts';
import { addGuard, type Doorkeepers, requirePermissionOnEveryRoute } from './guard.ts';
import { healthRoutes } from './health-routes.ts';
import { addIdempotency } from './idempotency.ts';
import { answerError, answerUnreadableHead } from './problem.ts';
import { answerUnknownRoutes } from './unknown-route.ts';
import { validatorCompiler } from './validation.ts';

export type Routes = (app: App, lethe: Lethe) => void;

export interface ServerOptions extends Doorkeepers {
  lethe: Lethe;
  version: string;
  log: FastifyBaseLogger;
  isReady(): Promise<boolean>;
  /** Figures in the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Told about every request that was answered: its route, never its address. */
  onAnswer(request: { method: string; route: string; status: number; seconds: number }): void;
  /** Folder of the built console. */
  consoleFolder: string;
  /** What the words of the product add. Each gets a scope of its own, so that content types stay with their route. */
  routes: readonly Routes[];
}

/** The web server with all of its routes; it listens to nothing yet. It knows no word of the product. */
export async function buildServer(options: ServerOptions): Promise<App> {
  const { lethe } = options;
  const onError = answerError(lethe.announce);
  const app = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: lethe.settings.batchBytesMax,
    trustProxy: lethe.settings.trustProxy,
    genReqId: () => randomUUID(),
    frameworkErrors: onError,
    clientErrorHandler: answerUnreadableHead,
    // A path parameter may be an identity value of up to this many characters.
    routerOptions: { maxParamLength: 1_024 },
  }).withTypeProvider<ZodTypeProvider>() as unknown as App;

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  readJsonStrictly(app);
  app.setErrorHandler(onError);
  requirePermissionOnEveryRoute(app);
  refuseUnknownQueries(app);
  answerUnknownRoutes(app, options.consoleFolder);
  addSecurityHeaders(app);
  reportAnswers(app, options.onAnswer);
  endEventStreamsOnClose(app);
  endConnectionsOnClose(app);
  addGuard(app, options);
  addIdempotency(app, { db: lethe.database.writes, now: lethe.now, announce: lethe.announce });

  await collectRoutes(app, options.version);
  healthRoutes(app, options);
  await serveConsole(app as unknown as FastifyInstance, options.consoleFolder);
  for (const routes of options.routes) await app.register(async (scope) => routes(scope as unknown as App, lethe));
  await addDocumentation(app);
  await app.ready();
  return app;
}

/** Without this, what is no UTF-8 would be read as other signs than were sent. */
function readJsonStrictly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (isUtf8(body)) return parse(request, body.toString('utf8'), done);
    done(new LetheError('unreadable', 'request.unreadable', 'The body is not UTF-8.'));
  });
}

/** Unknown fields are refused under /api, so a route there that says nothing of a query takes none. */
function refuseUnknownQueries(app: FastifyInstance): void {
  app.addHook('onRoute', ({ url, schema }) => {
    if (schema && !schema.hide && url.startsWith('/api/')) schema.querystring ??= z.strictObject({});
  });
}

function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    if (!reply.hasHeader('content-security-policy')) {
      reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    }
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return payload;
  });
}

function reportAnswers(app: FastifyInstance, onAnswer: ServerOptions['onAnswer']): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const answer = { method: request.method, route, status: reply.statusCode };
    request.log.debug({ ...answer, ms: Math.round(reply.elapsedTime) }, 'request');
    onAnswer({ ...answer, seconds: reply.elapsedTime / 1000 });
  });
}

/** An event stream lasts as long as its reader wants; at the stop it is ended so that nothing waits for it. */
function endEventStreamsOnClose(app: FastifyInstance): void {
  const open = new Set<ServerResponse>();
  app.addHook('onRequest', async (_request, reply) => {
    open.add(reply.raw);
    reply.raw.once('close', () => open.delete(reply.raw));
  });
  app.addHook('preClose', async () => {
    for (const response of open) {
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) response.end();
    }
  });
}

/** A client that keeps its connection after its last answer would hold up the stop. */
function endConnectionsOnClose(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (isClosing) reply.header('connection', 'close');
    return payload;
  });
}
