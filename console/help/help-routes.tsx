import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../frame/root-route.tsx';

/** The documentation of this very version, from this server: nothing of it is secret, and it opens beside what one is doing. */
export const helpRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/help/$page',
    component: lazyRouteComponent(() => import('./help-screen.tsx'), 'HelpScreen'),
  }),
] as const;
