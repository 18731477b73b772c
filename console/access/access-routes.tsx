import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../frame/root-route.tsx';
import { signedInRoute } from '../frame/signed-in-route.tsx';

/** Before one is signed in. */
export const signInRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    /** `next`: the address that asked for the sign-in; `error`: what single sign-on was refused for. */
    validateSearch: ({ next, error }: Record<string, unknown>): { next?: string; error?: string } => ({
      ...(typeof next === 'string' ? { next } : {}),
      ...(typeof error === 'string' ? { error } : {}),
    }),
    component: lazyRouteComponent(() => import('./sign-in-screen.tsx'), 'SignInScreen'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/new-password',
    component: lazyRouteComponent(() => import('./new-password-screen.tsx'), 'NewPasswordScreen'),
  }),
] as const;

export const accessRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/account',
    component: lazyRouteComponent(() => import('./account-screen.tsx'), 'AccountScreen'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/members',
    component: lazyRouteComponent(() => import('./members-screen.tsx'), 'MembersScreen'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/roles',
    component: lazyRouteComponent(() => import('./roles-screen.tsx'), 'RolesScreen'),
  }),
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/tokens',
    component: lazyRouteComponent(() => import('./tokens-screen.tsx'), 'TokensScreen'),
  }),
] as const;
