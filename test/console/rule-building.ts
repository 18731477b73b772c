import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** One thing that somebody does in a condition. The key says what, its value names the field as a screen reader does. */
export type Step =
  | { type: string; value: string }
  /** Texts with Enter after each. */
  | { enter: string; values: string[] }
  | { paste: string; value: string }
  /** A word of a native choice. */
  | { choose: string; value: string }
  /** A suggestion. */
  | { pick: string; value: string }
  | { check: string }
  | { press: string };

/** A condition of the menu, what is done in it, and the rule that it is then. */
export interface Build {
  add: string;
  steps: Step[];
  rule: unknown;
}

/** The rule builder on a page, as people use it. */
export interface RuleBuilder {
  /** Chooses a condition from the menu of a group, the outermost unless said otherwise. */
  add(condition: string, group?: string): Promise<void>;
  take(steps: Step[], line: string): Promise<void>;
  press(button: string | RegExp): Promise<void>;
  line(name: string | RegExp): Locator;
  /** The rule as its JSON says it. */
  json(): Promise<unknown>;
  /** The rule that the server last counted, or the status with which it refused. */
  counted(): unknown;
}

export async function openBuilder(page: Page): Promise<RuleBuilder> {
  let counted: unknown;
  page.on('response', (response) => {
    if (!response.url().endsWith('/segments/preview')) return;
    counted = response.status() === 200 ? response.request().postDataJSON().rule : response.status();
  });
  const field = page.getByLabel('The rule as JSON', { exact: true });
  await field.waitFor();
  const line = (name: string | RegExp) =>
    page.getByRole('group', { name: typeof name === 'string' ? new RegExp(`^${name}`) : name }).first();
  return {
    add: async (condition, group = 'Rule') => {
      await page.getByRole('button', { name: `Add condition: ${group}`, exact: true }).click();
      await page.getByRole('menuitem', { name: condition, exact: true }).click();
    },
    take: async (steps, name) => {
      for (const step of steps) await taken(page, line(name), step);
    },
    press: (button) =>
      page
        .getByRole('button', { name: button, ...(typeof button === 'string' ? { exact: true } : {}) })
        .first()
        .click(),
    line,
    json: async () => {
      const text = await field.inputValue();
      return text === '' ? undefined : JSON.parse(text);
    },
    counted: () => counted,
  };
}

async function taken(page: Page, line: Locator, step: Step): Promise<void> {
  const field = (label: string) => line.getByLabel(label, { exact: true });
  if ('type' in step) await field(step.type).fill(step.value);
  else if ('choose' in step) await field(step.choose).selectOption({ label: step.value });
  else if ('check' in step) await field(step.check).check();
  else if ('press' in step) await line.getByRole('button', { name: step.press, exact: true }).click();
  else if ('paste' in step) await paste(field(step.paste), step.value);
  else if ('pick' in step) {
    await field(step.pick).click();
    await page.getByRole('option', { name: step.value }).first().click();
  } else {
    for (const value of step.values) {
      await field(step.enter).fill(value);
      await field(step.enter).press('Enter');
    }
  }
}

/** As the browser does when somebody pastes, without asking for the machine's clipboard. */
async function paste(field: Locator, text: string): Promise<void> {
  await field.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** What a page shows a moment later; as patient as the page's own waits (world.ts). */
export function eventually<Seen>(see: () => Seen | Promise<Seen>) {
  return expect.poll(see, { timeout: 15_000 });
}
