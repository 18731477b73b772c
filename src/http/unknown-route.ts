import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isForConsole, sendPage } from './console.ts';
import { sendProblem } from './problem.ts';

/**
 * Answers what no route takes: the console to a browser that asks for one of its screens, 405 with `Allow` where the path exists for
 * other methods, otherwise 404.
 */
export function answerUnknownRoutes(app: FastifyInstance, consoleFolder: string): void {
  const methodsAt = watchRoutes(app);
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    if (isForConsole(request)) return sendPage(reply, consoleFolder);
    return refuseUnknownRoute(request, reply, methodsAt);
  });
  // Before the body is read: what is wrong with one that nobody wants is not the answer.
  app.addHook('preParsing', (request, reply, _payload, goOn) => {
    if (request.is404 && !isForConsole(request)) refuseUnknownRoute(request, reply, methodsAt);
    else goOn();
  });
}

/** Which methods an address has, by the routes that are added to a scope after this. */
export function watchRoutes(scope: FastifyInstance): (path: string) => string[] {
  const methodsByPath = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  scope.addHook('onRoute', ({ url, method }) => {
    const known = methodsByPath.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) known.methods.add(one);
    methodsByPath.set(url, known);
  });
  return (path) =>
    [...methodsByPath.values()].filter(({ pattern }) => pattern.test(path)).flatMap((known) => [...known.methods]);
}

/** 405 where other methods are possible, otherwise 404. */
export function refuseUnknownRoute(
  request: FastifyRequest,
  reply: FastifyReply,
  methodsAt: (path: string) => string[],
): FastifyReply {
  const methods = methodsAt(request.url.split('?', 1)[0] ?? '');
  if (methods.length === 0)
    return sendProblem(reply, 404, 'route.unknown', 'There is nothing at this address; see /api/docs.');
  const allow = [...new Set(methods)].sort().join(', ');
  reply.header('allow', allow);
  return sendProblem(reply, 405, 'route.method', `${request.method} is not possible here; possible: ${allow}.`);
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
