import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { datasetRoute } from '../frame/dataset-route.tsx';

export const privacyRoutes = [
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/privacy',
    component: lazyRouteComponent(() => import('./requests-screen.tsx'), 'RequestsScreen'),
  }),
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/privacy/which-deletion',
    component: lazyRouteComponent(() => import('./which-deletion-screen.tsx'), 'WhichDeletionScreen'),
  }),
] as const;
