import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import {
  type AccountPermission,
  type Actor,
  type DatasetPermission,
  mayInAccount,
  mayInDataset,
  type Permission,
  reaches,
} from '../access/permissions.ts';
import type { Dataset } from '../database/handle.ts';
import { LetheError } from '../errors.ts';

export interface Doorkeepers {
  /** Who asks; throws when the credentials are missing or wrong. */
  authenticate(request: FastifyRequest): Promise<Actor>;
  findDataset(id: string): Promise<Dataset | undefined>;
}

/**
 * Decides about every request before its body is read, in the order of the contract: 401 without valid credentials, 404 for a
 * dataset that does not exist or is out of the actor's reach (the same answer, so that nobody learns which) and for what the
 * route itself looks for in it, 403 without the permission that the route names.
 */
export function addGuard(app: FastifyInstance, { authenticate, findDataset }: Doorkeepers): void {
  app.decorateRequest('actor');
  app.decorateRequest('dataset');
  app.addHook('onRequest', async (request) => {
    const { may, find, fromThisMachine } = request.routeOptions.config;
    if (request.is404 || may === undefined || may === 'public') return;
    if (fromThisMachine && isFromThisMachine(request)) return;
    const actor = await authenticate(request);
    request.actor = actor;
    const { ds } = request.params as { ds?: string };
    if (ds !== undefined) request.dataset = await reachedDataset(actor, ds, findDataset);
    await find?.(request);
    if (!isAllowed(actor, may, request.dataset)) {
      throw new LetheError(
        'forbidden',
        'access.forbidden',
        `Your role does not allow this; it needs the permission "${may}".`,
        {
          members: { permission: may },
        },
      );
    }
  });
}

async function reachedDataset(actor: Actor, id: string, findDataset: Doorkeepers['findDataset']): Promise<Dataset> {
  const dataset = reaches(actor, id) ? await findDataset(id) : undefined;
  if (!dataset)
    throw new LetheError('notFound', 'dataset.unknown', 'There is no such dataset, or you have no role in it.');
  return dataset;
}

const accountPermissions: readonly Permission[] = [
  'manageMembers',
  'manageTokens',
  'readAudits',
  'createDatasets',
  'readMetrics',
] satisfies AccountPermission[];

function isAllowed(actor: Actor, may: Permission, dataset: Dataset | undefined): boolean {
  if (may === 'signedIn') return true;
  if (accountPermissions.includes(may)) return mayInAccount(actor, may as AccountPermission);
  return dataset !== undefined && mayInDataset(actor, may as DatasetPermission, dataset.id);
}

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Whether a program on this machine asks; with any forwarding header it may be a proxy that speaks for somebody else. */
function isFromThisMachine({ socket, headers }: FastifyRequest): boolean {
  const forwarded = Object.keys(headers).some((name) => /^(forwarded|via|x-forwarded-.*|x-real-ip|cf-.*)$/.test(name));
  return loopback.has(socket.remoteAddress ?? '') && !forwarded;
}

/** Refuses to start with a route that does not say who may use it. */
export function requirePermissionOnEveryRoute(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    const open = routes.filter((route) => route.config?.may === undefined);
    if (open.length === 0) return;
    const names = open.map((route) => `${route.method} ${route.url}`).join(', ');
    throw new LetheError(
      'conflict',
      'server.route_without_permission',
      `These routes do not say who may use them: ${names}`,
    );
  });
}
