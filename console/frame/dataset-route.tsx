import { createRoute, notFound, Outlet, redirect } from '@tanstack/react-router';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { signedInRoute } from './signed-in-route.tsx';

/** Above every screen of a dataset; one in which the member has no role is not there. */
export const datasetRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/datasets/$ds',
  loader: async ({ context, params }) => {
    const datasets = await context.queryClient.ensureQueryData(datasetsQuery);
    if (!datasets.some(({ id }) => id === params.ds)) throw notFound();
  },
  component: Outlet,
});

/** A dataset starts with the list of its segments. */
export const datasetStartRoute = createRoute({
  getParentRoute: () => datasetRoute,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/datasets/$ds/segments', params, replace: true });
  },
});
