import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { datasetRoute } from '../frame/dataset-route.tsx';

export const userRoutes = [
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/users',
    component: lazyRouteComponent(() => import('./users-screen.tsx'), 'UsersScreen'),
  }),
  createRoute({
    getParentRoute: () => datasetRoute,
    /** By Lethe's own id: an identity value does not belong into an address. */
    path: '/users/$user',
    component: lazyRouteComponent(() => import('./user-screen.tsx'), 'UserScreen'),
  }),
] as const;
