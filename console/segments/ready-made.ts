import type { Rule } from '../../src/segments/rule.ts';

/** Segments that a new dataset most often needs, to begin with. Their names are texts.segments.readyMade. */
export const readyMade = {
  inactive: { visits: 'lastActivity', is: 'moreThanDaysAgo', days: 730 },
  anonymousOneVisit: {
    all: [{ anonymous: true }, { visits: 'count', is: 'equalTo', value: 1 }],
  },
  // The address of nobody: whoever takes this one puts the own company's there.
  staff: { identity: 'email', is: 'contains', value: '@example.com' },
} as const satisfies Record<string, Rule>;

export type Template = keyof typeof readyMade;
export const templates = Object.keys(readyMade) as Template[];

/** What stands in an address, where it names one of them. */
export function templateOf(name: unknown): Template | undefined {
  return templates.find((template) => template === name);
}
