import { createRoute, redirect } from '@tanstack/react-router';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { lastOf } from './last-dataset.ts';
import { NoDatasetScreen } from './no-dataset-screen.tsx';
import { signedInRoute } from './signed-in-route.tsx';

/** The start page is the list of segments of the dataset that one was in last. */
export const startRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  loader: async ({ context }) => {
    const datasets = await context.queryClient.ensureQueryData(datasetsQuery);
    const dataset = lastOf(datasets);
    if (dataset) throw redirect({ to: '/datasets/$ds/segments', params: { ds: dataset.id } });
  },
  component: NoDatasetScreen,
});
