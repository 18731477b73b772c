import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../frame/signed-in-route.tsx';
import { readFilter } from './audit-filter.ts';

export const auditRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/audits',
    validateSearch: readFilter,
    component: lazyRouteComponent(() => import('./audits-screen.tsx'), 'AuditsScreen'),
  }),
] as const;
