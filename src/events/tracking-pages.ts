import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../http/app.ts';
import { refuseUnknownRoute, watchRoutes } from '../http/unknown-route.ts';

/**
 * Lets pages of any origin call the routes of a scope and read its answers, refusals and unknown addresses included. The scope has a
 * prefix, and no cookie counts in it, so there is nothing that a foreign page could borrow.
 */
export function openToAllPages(scope: App): void {
  const methodsAt = watchRoutes(scope);
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('access-control-allow-origin', '*');
    // When to come again; a page sees no other header of ours unless it is named.
    reply.header('access-control-expose-headers', 'retry-after');
    if (isPreflight(request)) return allow(request, reply);
  });
  scope.setNotFoundHandler((request, reply) => refuseUnknownRoute(request, reply, methodsAt));
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

const secondsKept = 86_400;

function allow(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const wanted = request.headers['access-control-request-headers'];
  if (wanted !== undefined) reply.header('access-control-allow-headers', wanted);
  return reply
    .code(204)
    .header('access-control-allow-methods', 'GET, POST')
    .header('access-control-max-age', String(secondsKept))
    .header('vary', 'access-control-request-headers')
    .send();
}
