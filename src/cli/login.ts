import { type Command, Option } from 'commander';
import type { DatasetAnswer } from './answers.ts';
import { createClient } from './client.ts';
import { does, withExamples } from './command.ts';
import { wrongUsage } from './exit-status.ts';
import { askSecret, canAsk } from './questions.ts';
import { requireToken, serverUrl, storeSignIn, tidyUrl } from './sign-in.ts';
import { counted } from './text.ts';

export function addLogin(program: Command): void {
  const login = program
    .command('login')
    .summary('sign in to a server, for later commands')
    .description('Sign in to a server with an API token, and keep it for later commands (readable by you alone).')
    .addOption(new Option('--url <address>', 'the server; without it the one of LETHE_URL or of the last login'));
  withExamples(
    login,
    ['lethe login', 'asks for the token: keyId:secret, from "lethe tokens create"'],
    ['lethe login --url https://lethe.example.com', 'another server; commands talk to it from now on'],
    ['LETHE_TOKEN=key:secret lethe login', 'without a question'],
  );
  does<{ url?: string }>(login, async ({ options, output }) => {
    const url = options.url ? tidyUrl(options.url) : serverUrl();
    const token = await tokenFor(url);
    const datasets: DatasetAnswer[] = [];
    for await (const dataset of createClient({ url, token }).list<DatasetAnswer>('/api/datasets'))
      datasets.push(dataset);
    const file = storeSignIn({ url, token });
    const reach = counted(datasets.length, 'dataset');
    output.result(
      { url, keyId: token.split(':')[0], datasets: datasets.map(({ id }) => id), file },
      `Signed in to ${url}, with ${reach} within reach${datasets.length ? `: ${datasets.map(({ id }) => id).join(', ')}` : ''}.`,
    );
  });
}

async function tokenFor(url: string): Promise<string> {
  const { LETHE_TOKEN: given } = process.env;
  if (!given && !canAsk()) throw wrongUsage('token', 'Without a terminal set LETHE_TOKEN=keyId:secret.');
  const token = given || (await askSecret(`API token for ${url} (keyId:secret)`)).trim();
  requireToken(token);
  return token;
}
