import { createRouter } from '@tanstack/react-router';
import { accessRoutes, signInRoutes } from './access/access-routes.tsx';
import { queryClient } from './api/query-client.ts';
import { auditRoutes } from './audit/audit-routes.tsx';
import { accountDatasetRoutes, datasetSettingsRoutes } from './datasets/dataset-routes.tsx';
import { datasetRoute, datasetStartRoute } from './frame/dataset-route.tsx';
import { ErrorScreen } from './frame/error-screen.tsx';
import { rootRoute } from './frame/root-route.tsx';
import { signedInRoute } from './frame/signed-in-route.tsx';
import { startRoute } from './frame/start-route.tsx';
import { helpRoutes } from './help/help-routes.tsx';
import { importRoutes } from './imports/import-routes.tsx';
import { privacyRoutes } from './privacy/privacy-routes.tsx';
import { userRoutes } from './profiles/user-routes.tsx';
import { segmentRoutes } from './segments/segment-routes.tsx';
import { sourceRoutes } from './sources/source-routes.tsx';

/** Every address of the console; each word says its own. Screens are loaded when they are opened. */
const routeTree = rootRoute.addChildren([
  ...signInRoutes,
  ...helpRoutes,
  signedInRoute.addChildren([
    startRoute,
    ...accessRoutes,
    ...auditRoutes,
    ...accountDatasetRoutes,
    datasetRoute.addChildren([
      datasetStartRoute,
      ...segmentRoutes,
      ...userRoutes,
      ...importRoutes,
      ...sourceRoutes,
      ...privacyRoutes,
      ...datasetSettingsRoutes,
    ]),
  ]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  // What is preloaded and shown is the query client's to keep.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: ErrorScreen,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
