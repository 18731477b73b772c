import { openBuilder, type Step } from '../../test/console/rule-building.ts';
import type { Shop } from './corner-shop.ts';
import type { Studio } from './studio.ts';

export async function takeSegments(studio: Studio, shop: Shop): Promise<void> {
  await takeList(studio);
  await takeSegment(studio, shop);
  await takeNew(studio);
  await takeListOfUsers(studio, shop);
}

async function takeList(studio: Studio): Promise<void> {
  const page = await studio.open('/datasets/shop/segments?showDisabled=true');
  await page.getByRole('row', { name: /^Win back/ }).click();
  await page.getByRole('region', { name: 'About Win back' }).waitFor();
  await studio.take(page, 'segments');
  await page.context().close();
}

async function takeSegment(studio: Studio, { gone, winBack, customers }: Shop): Promise<void> {
  const page = await studio.open(`/datasets/shop/segments/${gone}/users`);
  await studio.take(page, 'segment-users');
  await page.goto(`/datasets/shop/segments/${customers}/membership?days=30`);
  await page.getByRole('img', { name: /^In 30 days/ }).waitFor();
  await page.goto(`/datasets/shop/segments/${customers}/membership?days=30&with=${winBack}`);
  await page.getByText('In both', { exact: true }).first().waitFor();
  await studio.take(page, 'segment-membership');
  await page.context().close();
  const setup = await studio.open(`/datasets/shop/segments/${winBack}/setup`, { width: 1_280 });
  await setup
    .getByRole('region', { name: 'Matching now' })
    .getByText(/ users$/)
    .waitFor();
  const json = setup.getByLabel('The rule as JSON', { exact: true }).locator('xpath=ancestor::section[1]');
  await studio.takePart([setup.getByRole('heading', { name: 'Rule', exact: true }), json], 'rule-builder');
  await setup.context().close();
}

async function takeNew(studio: Studio): Promise<void> {
  const page = await studio.open('/datasets/shop/segments/new');
  await page.getByLabel('Name', { exact: true }).fill('Spent 50 and more this quarter');
  const builder = await openBuilder(page);
  await builder.add('Action count');
  const steps: Step[] = [
    { enter: 'Name of an action', values: ['Purchase'] },
    { choose: 'Period', value: 'in the last' },
    { type: 'Days', value: '90' },
    { press: 'Add "where": Action count' },
    { type: 'Property of the event', value: 'revenue' },
    { choose: 'Operator', value: 'is at least' },
    { type: 'Number', value: '50' },
  ];
  await builder.take(steps, 'Condition 1: ');
  await page
    .getByRole('region', { name: 'Matching now' })
    .getByText(/ users$/)
    .waitFor();
  await studio.take(page, 'new-segment');
  await page.context().close();
}

async function takeListOfUsers(studio: Studio, { press, addresses }: Shop): Promise<void> {
  const page = await studio.open(`/datasets/shop/segments/${press}/users`);
  await page.getByRole('button', { name: 'Add users' }).click();
  const lines = [...addresses.slice(9, 11), 'nobody@example.com', addresses[3]];
  await page.getByLabel('Identities').fill(lines.join('\n'));
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Add \d users/ })
    .click();
  await page.getByRole('table', { name: 'What became of each line' }).waitFor();
  await studio.takeDialog(page, 'list-added');
  await page.context().close();
}
