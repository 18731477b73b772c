import { createRoute, redirect } from '@tanstack/react-router';
import { meQuery } from '../access/me.ts';
import { isProblem, Problem } from '../api/problem.ts';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { ErrorScreen } from './error-screen.tsx';
import { Frame } from './frame.tsx';
import { NotFoundScreen } from './not-found-screen.tsx';
import { rootRoute } from './root-route.tsx';

/** Above every screen that needs a member: asks who it is before the screen opens, and leads to the sign-in where nobody is. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (isProblem(error, 'member.password_change_required')) throw redirect({ to: '/new-password' });
      if (error instanceof Problem && error.status === 401)
        throw redirect({ to: '/sign-in', search: { next: location.href } });
      throw error;
    }
  },
  loader: ({ context }) => context.queryClient.ensureQueryData(datasetsQuery),
  component: Frame,
  errorComponent: ErrorScreen,
  notFoundComponent: NotFoundScreen,
});
