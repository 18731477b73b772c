import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { datasetRoute } from '../frame/dataset-route.tsx';

export const importRoutes = [
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/imports',
    component: lazyRouteComponent(() => import('./imports-screen.tsx'), 'ImportsScreen'),
  }),
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/imports/new',
    component: lazyRouteComponent(() => import('./new-import-screen.tsx'), 'NewImportScreen'),
  }),
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/imports/$id',
    component: lazyRouteComponent(() => import('./import-screen.tsx'), 'ImportScreen'),
  }),
] as const;
