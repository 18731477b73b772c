import { openShop } from './screenshots/corner-shop.ts';
import { Studio } from './screenshots/studio.ts';
import { takeAccess } from './screenshots/take-access.ts';
import { takeConsole } from './screenshots/take-console.ts';
import { takeDatasets } from './screenshots/take-datasets.ts';
import { takeDeletion } from './screenshots/take-deletion.ts';
import { takeImports } from './screenshots/take-imports.ts';
import { takePrivacy } from './screenshots/take-privacy.ts';
import { takeSegments } from './screenshots/take-segments.ts';
import { takeSources } from './screenshots/take-sources.ts';
import { takeUsers } from './screenshots/take-users.ts';

/**
 * Takes the pictures of docs/ from the running product, filled with the shop of the demonstration: `npm run screenshots`. Looked at by
 * people, so what is on them is what is there. With names of pictures behind it, it keeps only those.
 */
const studio = await Studio.open(process.argv.slice(2));
try {
  const shop = await openShop(studio);
  await takeSegments(studio, shop);
  await takeUsers(studio, shop);
  await takeConsole(studio, shop);
  await takeImports(studio);
  await takeDatasets(studio);
  await takeDeletion(studio, shop);
  await takePrivacy(studio, shop);
  await takeAccess(studio);
  await takeSources(studio);
} finally {
  await studio.close();
}
