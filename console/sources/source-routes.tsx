import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { datasetRoute } from '../frame/dataset-route.tsx';

export const sourceRoutes = [
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/sources',
    component: lazyRouteComponent(() => import('./sources-screen.tsx'), 'SourcesScreen'),
  }),
] as const;
