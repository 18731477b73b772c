import type { Page } from 'playwright-core';
import { randomStream } from '../../src/cli/demo/random.ts';
import type { Studio } from './studio.ts';

export async function takeImports(studio: Studio): Promise<void> {
  const page = await studio.open('/datasets/shop/imports/new');
  await studio.take(page, 'import-file');
  const chosen = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chosen).setFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(orders()) });
  await page.getByRole('button', { name: 'Take the others as properties' }).click();
  await leaveAside(page, 'channel');
  await page.getByLabel('Keep “zip” as text').check();
  await page.getByRole('textbox', { name: 'Action of every row' }).fill('Purchase');
  const understood = page.getByRole('region', { name: 'What will be understood' }).first();
  await studio.takePart([page.getByRole('region', { name: 'File' }), understood], 'import-mapping');
  await page.getByRole('button', { name: 'Start import' }).click();
  await page.getByText(/^Completed (in|at once)/).waitFor();
  await page.getByRole('table', { name: 'Rejected rows' }).waitFor();
  await studio.take(page, 'import-done');
  await page.getByRole('button', { name: 'Make a segment of the users this import created' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make segment' }).waitFor();
  await studio.takeDialog(page, 'import-segment');
  await page.context().close();
}

async function leaveAside(page: Page, column: string): Promise<void> {
  await page.getByRole('combobox', { name: `What “${column}” fills` }).click();
  await page.getByRole('option', { name: 'Nothing (left aside)', exact: true }).click();
}

/** Orders as another shop writes them, two of them wrong. */
function orders(): string {
  const random = randomStream(0x0d3, 1);
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const lines = Array.from({ length: 240 }, (_, n) => {
    const price = (12 + Math.floor(random() * 40) + 0.9).toFixed(2);
    const zip = String(1_067 + ((n * 7_919) % 90_000)).padStart(5, '0');
    const product = ['Notebook, dotted', 'Fountain pen', 'Desk lamp', 'Writing set'][n % 4];
    return `N-${1_001 + n},${day(30 - Math.floor(n / 8))},"${product}",${price},${zip},web`;
  });
  lines.splice(40, 0, 'N-1999,last Monday,Desk lamp,69.50,01067,web');
  lines.splice(90, 0, `,${day(12)},Fountain pen,38.50,10115,web`);
  return ['customer_id,date,product,dollars,zip,channel', ...lines].join('\n');
}
