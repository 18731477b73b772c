import type { Command } from 'commander';
import type { UserAnswer } from './answers.ts';
import { does, withDataset, withExamples } from './command.ts';
import { wrongUsage } from './exit-status.ts';
import { askYes, canAsk, notConfirmed } from './questions.ts';
import { amount, count, counted, countedRows, facts, moment } from './text.ts';

const valueHelp = "Lethe's own id of the user, or any identity value (userId, customerId, email, anonymousId, …)";

export function addUsers(program: Command): void {
  const users = program
    .command('users')
    .summary('look one user up, or delete one')
    .description('Look one user up, or delete one for good.');
  const find = withDataset(users.command('find'))
    .description('Show all that is kept about one user.')
    .argument('<value>', valueHelp)
    .option('--type <type>', 'the identity type, to be exact');
  withExamples(
    find,
    ['lethe users find ada@example.com --dataset shop', 'by any identity value'],
    ['lethe users find 00001 --type customerId --dataset shop', 'only a customerId'],
  );
  does<{ type?: string }>(find, async ({ args: [value = ''], options, client, dataset, output }) => {
    const user = await client().get<UserAnswer>(await userPath(dataset, value, options.type));
    output.result(user, userText(user));
  });
  addDelete(users);
}

function addDelete(users: Command): void {
  const remove = withDataset(users.command('delete'))
    .description('Delete one user with everything kept about that user, for good.')
    .argument('<value>', valueHelp)
    .option('--type <type>', 'the identity type, to be exact')
    .option('--yes', 'without a question; needed without a terminal');
  withExamples(remove, ['lethe users delete ada@example.com --dataset shop --yes', 'without a question']);
  does<{ type?: string; yes?: boolean }>(remove, async ({ args: [value = ''], options, client, dataset, output }) => {
    if (!options.yes && !canAsk()) throw wrongUsage('confirm', 'Without a terminal add --yes.');
    const path = await userPath(dataset, value, options.type);
    if (!options.yes) {
      const user = await client().get<UserAnswer>(path);
      output.remark(userText(user));
      if (!(await askYes('Delete this user for good?'))) throw notConfirmed();
    }
    const done = await client().send<{ deleted: number; rowsDeleted: Record<string, number> }>('DELETE', path);
    output.result(done, `Deleted 1 user for good, with ${rowsText(done.rowsDeleted)}.`);
  });
}

async function userPath(dataset: () => Promise<{ path: string }>, value: string, type?: string): Promise<string> {
  const exact = type === undefined ? '' : `?type=${encodeURIComponent(type)}`;
  return `${(await dataset()).path}/user/${encodeURIComponent(value)}${exact}`;
}

/** `31,461 events, 18,196 identities`; what there was none of is left out. */
export function rowsText(rows: Record<string, number>): string {
  const some = Object.entries(rows).filter(([place, number]) => number > 0 && place !== 'profiles');
  return some.map(([place, number]) => countedRows(number, place)).join(', ') || 'nothing else';
}

function userText(user: UserAnswer): string {
  const orders = user.orderHistory.reduce((sum, { value }) => sum + Math.round(value * 100), 0) / 100;
  return facts([
    ['User', `${user.displayName ?? user.namedUserId ?? 'somebody'}${user.anonymous ? ' (anonymous)' : ''}`],
    ['Id', user.id],
    ...user.identities.map(({ type, value }) => [type, value] as const),
    ...user.attributes.map(
      ({ name, value }) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
    ['First activity', moment(user.firstActivity)],
    ['Last activity', moment(user.lastActivity)],
    ['Orders', `${counted(user.orderHistory.length, 'order')}, worth ${amount(orders)}`],
    ['Visits', count(user.visitHistory.length)],
    ['Segments', user.segmentMembership.map(({ id }) => id).join(', ') || '–'],
  ]);
}
