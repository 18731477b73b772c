import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { datasetRoute } from '../frame/dataset-route.tsx';

const userRoute = createRoute({
  getParentRoute: () => datasetRoute,
  /** By Lethe's own id: an identity value does not belong into an address. */
  path: '/users/$user',
  component: lazyRouteComponent(() => import('./user-screen.tsx'), 'UserScreen'),
});

const tabRoutes = [
  createRoute({
    getParentRoute: () => userRoute,
    path: '/',
    component: lazyRouteComponent(() => import('./overview-tab.tsx'), 'OverviewTab'),
  }),
  createRoute({
    getParentRoute: () => userRoute,
    path: '/attributes',
    component: lazyRouteComponent(() => import('./attributes-tab.tsx'), 'AttributesTab'),
  }),
  createRoute({
    getParentRoute: () => userRoute,
    path: '/identities',
    component: lazyRouteComponent(() => import('./identities-tab.tsx'), 'IdentitiesTab'),
  }),
  createRoute({
    getParentRoute: () => userRoute,
    path: '/events',
    validateSearch: ({ action }: Record<string, unknown>): { action?: string } =>
      typeof action === 'string' && action !== '' ? { action } : {},
    component: lazyRouteComponent(() => import('./events-tab.tsx'), 'EventsTab'),
  }),
  createRoute({
    getParentRoute: () => userRoute,
    path: '/visits',
    component: lazyRouteComponent(() => import('./visits-tab.tsx'), 'VisitsTab'),
  }),
  createRoute({
    getParentRoute: () => userRoute,
    path: '/orders',
    component: lazyRouteComponent(() => import('./orders-tab.tsx'), 'OrdersTab'),
  }),
  createRoute({
    getParentRoute: () => userRoute,
    path: '/segments',
    component: lazyRouteComponent(() => import('./segments-tab.tsx'), 'SegmentsTab'),
  }),
] as const;

export const userRoutes = [
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/users',
    validateSearch: ({ sort }: Record<string, unknown>): { sort?: 'lastActivity' } =>
      sort === 'lastActivity' ? { sort } : {},
    component: lazyRouteComponent(() => import('./users-screen.tsx'), 'UsersScreen'),
  }),
  userRoute.addChildren(tabRoutes),
] as const;
