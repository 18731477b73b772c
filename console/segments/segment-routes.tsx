import { createRoute, lazyRouteComponent, notFound, redirect } from '@tanstack/react-router';
import { isProblem } from '../api/problem.ts';
import { datasetRoute } from '../frame/dataset-route.tsx';
import { type Template, templateOf } from './ready-made.ts';
import { segmentQuery } from './segment-queries.ts';
import { segmentUsersQuery } from './segment-user-queries.ts';

const segmentRoute = createRoute({
  getParentRoute: () => datasetRoute,
  path: '/segments/$id',
  loader: async ({ context, params }) => {
    try {
      await context.queryClient.ensureQueryData(segmentQuery(params.ds, params.id));
    } catch (error) {
      throw isProblem(error, 'segment.unknown') ? notFound() : error;
    }
  },
  component: lazyRouteComponent(() => import('./segment-screen.tsx'), 'SegmentScreen'),
});

export interface MembershipSearch {
  /** 90 unless it is there. */
  days?: 30 | 365;
  /** The segment to compare with. */
  with?: string;
}

const tabRoutes = [
  createRoute({
    getParentRoute: () => segmentRoute,
    path: '/',
    beforeLoad: ({ params }) => {
      throw redirect({ to: '/datasets/$ds/segments/$id/users', params, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => segmentRoute,
    path: '/users',
    validateSearch: ({ sort }: Record<string, unknown>): { sort?: 'lastActivity' } =>
      sort === 'lastActivity' ? { sort } : {},
    loaderDeps: ({ search }) => ({ sort: search.sort }),
    // Asked for while the screen itself is being loaded; the screen shows what becomes of it.
    loader: ({ context, params, deps }) => {
      const wanted = { segment: params.id, search: '', sort: deps.sort === 'lastActivity' ? deps.sort : undefined };
      void context.queryClient.prefetchInfiniteQuery(segmentUsersQuery(params.ds, wanted));
    },
    component: lazyRouteComponent(() => import('./users-tab.tsx'), 'UsersTab'),
  }),
  createRoute({
    getParentRoute: () => segmentRoute,
    path: '/membership',
    validateSearch: ({ days, with: other }: Record<string, unknown>): MembershipSearch => ({
      ...(days === 30 || days === 365 ? { days } : {}),
      ...(typeof other === 'string' ? { with: other } : {}),
    }),
    component: lazyRouteComponent(() => import('./membership-tab.tsx'), 'MembershipTab'),
  }),
  createRoute({
    getParentRoute: () => segmentRoute,
    path: '/deletions',
    component: lazyRouteComponent(() => import('../deletions/deletions-tab.tsx'), 'DeletionsTab'),
  }),
  createRoute({
    getParentRoute: () => segmentRoute,
    path: '/setup',
    component: lazyRouteComponent(() => import('./setup-tab.tsx'), 'SetupTab'),
  }),
] as const;

export interface SegmentsSearch {
  /** Off unless it is there. */
  showDisabled?: true;
  /** Only the segments of this folder; an empty one: those without. */
  folder?: string;
}

export const segmentRoutes = [
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/segments',
    validateSearch: ({ showDisabled, folder }: Record<string, unknown>): SegmentsSearch => ({
      ...(showDisabled === true ? { showDisabled } : {}),
      ...(typeof folder === 'string' ? { folder } : {}),
    }),
    component: lazyRouteComponent(() => import('./segments-screen.tsx'), 'SegmentsScreen'),
  }),
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/segments/new',
    /** `from`: the segment to clone; `template`: one that is ready-made (ready-made.ts). */
    validateSearch: ({ from, template }: Record<string, unknown>): { from?: string; template?: Template } => {
      const known = templateOf(template);
      return { ...(typeof from === 'string' ? { from } : {}), ...(known ? { template: known } : {}) };
    },
    component: lazyRouteComponent(() => import('./new-segment-screen.tsx'), 'NewSegmentScreen'),
  }),
  segmentRoute.addChildren(tabRoutes),
] as const;
