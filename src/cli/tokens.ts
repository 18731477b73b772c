import type { Command } from 'commander';
import type { TokenAnswer } from './answers.ts';
import { does, pairs, repeatable, withExamples } from './command.ts';
import { facts, table } from './text.ts';

interface Granted {
  administrator: boolean;
  roles: Record<string, string>;
  datasets?: string[] | null;
}

/** What somebody may do, in one cell. */
export function reachText({ administrator, roles, datasets }: Granted): string {
  if (administrator) return datasets ? `Administrator of ${datasets.join(', ')}` : 'Administrator';
  return (
    Object.entries(roles)
      .map(([dataset, role]) => `${role} of ${dataset}`)
      .join(', ') || 'no role'
  );
}

export function addTokens(program: Command): void {
  const tokens = program.command('tokens').summary('API tokens').description('List, create and delete API tokens.');
  withExamples(
    tokens,
    ['lethe tokens', 'the list; secrets are never shown again'],
    ['lethe tokens create nightly --role shop=viewer', 'a token that may look at one dataset'],
    ['lethe tokens delete key_8hQ2', 'it stops working at once'],
  );
  does(tokens, list);
  does(tokens.command('list').description('List the API tokens.'), list);
  addCreate(tokens);
  const remove = tokens
    .command('delete')
    .description('Delete an API token; it stops working at once.')
    .argument('<keyId>', 'its key id');
  does(remove, async ({ args: [keyId = ''], client, output }) => {
    await client().send('DELETE', `/api/tokens/${encodeURIComponent(keyId)}`);
    output.result({ deleted: keyId }, `Deleted the token ${keyId}. It works no more.`);
  });

  async function list({ client, output }: Parameters<Parameters<typeof does>[1]>[0]): Promise<void> {
    const items: TokenAnswer[] = [];
    for await (const item of client().list<TokenAnswer>('/api/tokens')) items.push(item);
    const rows = items.map((token) => [token.keyId, token.name, reachText(token)]);
    output.result({ items }, items.length ? table(['Key id', 'Name', 'May act as'], rows) : 'There is no API token.');
  }
}

interface CreateOptions {
  role?: string[];
  administrator?: boolean;
  only?: string[];
}

function addCreate(tokens: Command): void {
  const create = tokens
    .command('create')
    .description('Create an API token. Its secret is shown once, now.')
    .argument('<name>', 'what it is for')
    .option(
      '--role <dataset=role>',
      'editor, campaignAuthor, analyst or viewer in a dataset; may be repeated',
      repeatable,
    )
    .option('--administrator', 'may do everything, in every dataset')
    .option('--only <dataset>', 'with --administrator: in this dataset only; may be repeated', repeatable);
  withExamples(
    create,
    ['lethe tokens create nightly --role shop=editor', 'may import into one dataset'],
    ['lethe tokens create cleaning --administrator --only shop', 'may delete in bulk in one dataset'],
  );
  does<CreateOptions>(create, async ({ args: [name], options, client, output }) => {
    const token = await client().send<TokenAnswer>('POST', '/api/tokens', {
      name,
      administrator: options.administrator === true,
      roles: pairs('--role', options.role),
      ...(options.only ? { datasets: options.only } : {}),
    });
    const text = facts([
      ['Token', `${token.keyId}:${token.secret}`],
      ['May act as', reachText(token)],
    ]);
    output.result(token, `${text}\n\nThe secret is shown only now. Use it as LETHE_TOKEN, or with "lethe login".`);
  });
}
