import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { datasetRoute } from '../frame/dataset-route.tsx';
import { signedInRoute } from '../frame/signed-in-route.tsx';

export const accountDatasetRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/new-dataset',
    component: lazyRouteComponent(() => import('./new-dataset-screen.tsx'), 'NewDatasetScreen'),
  }),
] as const;

export const datasetSettingsRoutes = [
  createRoute({
    getParentRoute: () => datasetRoute,
    path: '/settings',
    component: lazyRouteComponent(() => import('./settings-screen.tsx'), 'SettingsScreen'),
  }),
] as const;
