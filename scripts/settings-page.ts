import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { definitions } from '../src/settings.ts';

/** Writes `docs/settings.md` from the one list of settings: `node scripts/settings-page.ts`. A test fails when it is out of date. */
export const settingsPagePath = fileURLToPath(new URL('../docs/settings.md', import.meta.url));

const head = `# Settings

<!-- Written by scripts/settings-page.ts from src/settings.ts. Do not edit: run \`node scripts/settings-page.ts\`. -->

A setting is an environment variable. Lethe reads them when it starts; a change takes effect with the next start.

\`lethe settings\` prints every setting, the value in force and where it came from. Secrets are hidden there.

- An empty variable counts as not set.
- A value that is not acceptable stops the start. The message names every such variable and what would be right.
- A variable that begins with \`LETHE_\` and is no setting is reported in the log and by \`lethe check\`: most likely it is misspelt.
- \`LETHE_URL\` and \`LETHE_TOKEN\` belong to the [command line](command-line.md#which-server-and-as-whom), not to the server.

| setting | default | values | meaning |
|---|---|---|---|
`;

type Definition = (typeof definitions)[keyof typeof definitions];

/** The page, as it should be. */
export function settingsPage(): string {
  const rows = Object.values(definitions).map((definition) =>
    [`\`${definition.env}\``, defaultOf(definition), valuesOf(definition), meaningOf(definition)]
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | '),
  );
  return `${head}${rows.map((row) => `| ${row} |`).join('\n')}\n`;
}

function defaultOf({ default: value }: Definition): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  return `\`${value}\``;
}

function meaningOf(definition: Definition): string {
  return 'secret' in definition ? `${definition.means} Secret.` : definition.means;
}

/** What a definition accepts, in the words of its refusal. */
function valuesOf({ schema }: Definition): string {
  const refused = schema.safeParse({});
  return refused.error?.issues[0]?.message.replace(/^expected /, '') ?? 'text';
}

if (import.meta.main) writeFileSync(settingsPagePath, settingsPage());
