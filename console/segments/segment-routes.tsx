import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { datasetRoute } from '../frame/dataset-route.tsx';

const segmentRoute = createRoute({
  getParentRoute: () => datasetRoute,
  path: '/segments/$id',
  component: lazyRouteComponent(() => import('./segment-screen.tsx'), 'SegmentScreen'),
});

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
    component: lazyRouteComponent(() => import('./users-tab.tsx'), 'UsersTab'),
  }),
  createRoute({
    getParentRoute: () => segmentRoute,
    path: '/membership',
    component: lazyRouteComponent(() => import('./membership-tab.tsx'), 'MembershipTab'),
  }),
  createRoute({
    getParentRoute: () => segmentRoute,
    path: '/deletions',
    component: lazyRouteComponent(() => import('./deletions-tab.tsx'), 'DeletionsTab'),
  }),
  createRoute({
    getParentRoute: () => segmentRoute,
    path: '/setup',
    component: lazyRouteComponent(() => import('./setup-tab.tsx'), 'SetupTab'),
  }),
] as const;

export const segmentRoutes = [
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/segments',
    validateSearch: ({ showDisabled }: Record<string, unknown>): { showDisabled?: true } =>
      showDisabled === true ? { showDisabled } : {},
    component: lazyRouteComponent(() => import('./segments-screen.tsx'), 'SegmentsScreen'),
  }),
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/segments/new',
    /** `from`: the segment to clone. */
    validateSearch: ({ from }: Record<string, unknown>): { from?: string } =>
      typeof from === 'string' ? { from } : {},
    component: lazyRouteComponent(() => import('./new-segment-screen.tsx'), 'NewSegmentScreen'),
  }),
  segmentRoute.addChildren(tabRoutes),
] as const;
