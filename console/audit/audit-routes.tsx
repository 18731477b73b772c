import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../frame/signed-in-route.tsx';

export const auditRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/audits',
    component: lazyRouteComponent(() => import('./audits-screen.tsx'), 'AuditsScreen'),
  }),
] as const;
