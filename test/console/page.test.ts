import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleWorld, startConsole } from './world.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
});
afterAll(() => world.close());

test('the page opens behind the sign-in, with the dataset on top and the places at the side', async () => {
  const page = await world.asAdministrator('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/datasets/shop/segments');
  expect(await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allTextContents()).toContain('All Users');
  expect(world.faults).toEqual([]);
});
