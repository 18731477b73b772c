import type { Command } from 'commander';
import { LetheError } from '../errors.ts';
import type { MemberAnswer } from './answers.ts';
import type { Client } from './client.ts';
import { type Call, does, pairs, repeatable, withExamples } from './command.ts';
import { facts, table } from './text.ts';
import { reachText } from './tokens.ts';

export function addMembers(program: Command): void {
  const members = program
    .command('members')
    .summary('people who may sign in')
    .description('List, add and remove the people who may sign in.');
  withExamples(
    members,
    ['lethe members', 'the list'],
    ['lethe members add grace@example.com --name "Grace Hopper" --role shop=editor', 'prints a one-time password'],
    ['lethe members reset-password grace@example.com', 'on the machine of the server, without mail'],
  );
  does(members, list);
  does(members.command('list').description('List the members.'), list);
  addAdd(members);
  addRemove(members);
  addResetPassword(members);
}

async function list({ client, output }: Call<object>): Promise<void> {
  const items = await allMembers(client());
  const rows = items.map((member) => [member.email, member.name, reachText(member), member.id]);
  output.result({ items }, table(['E-mail', 'Name', 'May act as', 'Id'], rows));
}

async function allMembers(client: Client): Promise<MemberAnswer[]> {
  const items: MemberAnswer[] = [];
  for await (const item of client.list<MemberAnswer>('/api/members')) items.push(item);
  return items;
}

interface AddOptions {
  name?: string;
  role?: string[];
  administrator?: boolean;
}

function addAdd(members: Command): void {
  const add = members
    .command('add')
    .description('Add somebody who may sign in. Prints a one-time password, once.')
    .argument('<email>', 'the e-mail address to sign in with')
    .option('--name <name>', 'the name on screens; the address unless given')
    .option(
      '--role <dataset=role>',
      'editor, campaignAuthor, analyst or viewer in a dataset; may be repeated',
      repeatable,
    )
    .option('--administrator', 'may do everything, in every dataset');
  withExamples(add, ['lethe members add ada@example.com --name Ada --administrator', 'another administrator']);
  does<AddOptions>(add, async ({ args: [email = ''], options, client, output }) => {
    const member = await client().send<MemberAnswer>('POST', '/api/members', {
      email,
      name: options.name ?? email,
      administrator: options.administrator === true,
      roles: pairs('--role', options.role),
    });
    const text = facts([
      ['Member', `${member.name} <${member.email}>`],
      ['May act as', reachText(member)],
      ['One-time password', member.oneTimePassword ?? '–'],
    ]);
    output.result(member, `${text}\n\nThe one-time password is shown only now.`);
  });
}

function addRemove(members: Command): void {
  const remove = members
    .command('remove')
    .description('Remove a member; whoever it is, is signed out at once.')
    .argument('<member>', 'e-mail address or id');
  does(remove, async ({ args: [wanted = ''], client, output }) => {
    const member = (await allMembers(client())).find(
      ({ id, email }) => id === wanted || email === wanted.toLowerCase(),
    );
    if (!member)
      throw new LetheError('notFound', 'member.unknown', `There is no member "${wanted}": see "lethe members".`);
    await client().send('DELETE', `/api/members/${encodeURIComponent(member.id)}`);
    output.result({ deleted: member.id, email: member.email }, `Removed ${member.email}.`);
  });
}

function addResetPassword(members: Command): void {
  const reset = members
    .command('reset-password')
    .description('Give a member a new one-time password, on the machine of the server and without mail.')
    .argument('<email>', 'the e-mail address of the member');
  withExamples(reset, [
    'LETHE_DATA_DIR=/srv/lethe lethe members reset-password ada@example.com',
    'the server may be running',
  ]);
  does(reset, async ({ args: [email = ''], output }) => {
    const { resetPasswordHere } = await import('./local-database.ts');
    const oneTimePassword = await resetPasswordHere(email);
    const text = facts([
      ['Member', email],
      ['One-time password', oneTimePassword],
    ]);
    output.result(
      { email, oneTimePassword },
      `${text}\n\nIt is shown only now. Every session of this member has ended.`,
    );
  });
}
