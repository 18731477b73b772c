import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { LetheError, messageOf } from '../errors.ts';
import type { SegmentAnswer } from './answers.ts';
import { type Call, does, withDataset, withExamples } from './command.ts';
import { wrongUsage } from './exit-status.ts';
import { findSegment, untilComputed } from './find-segment.ts';
import { count, counted, facts, moment, table } from './text.ts';
import { addWatch } from './watch-segment.ts';

const segmentHelp = 'id or exact name of the segment';

export function addSegments(program: Command): void {
  const segments = withDataset(program.command('segments'))
    .summary('list, create, show, change and watch segments')
    .description('List the segments of a dataset; create, show, enable or disable one; change who is on a list.')
    .option('--show-disabled', 'the disabled ones as well');
  withExamples(
    segments,
    ['lethe segments --dataset shop --show-disabled', 'all of them'],
    ['lethe segments create Gone --rule gone.json --dataset shop', 'by a rule; waits until its users are known'],
    ['lethe segments users add Staff ada@example.com --dataset shop', 'put somebody on a list'],
  );
  does<{ showDisabled?: boolean }>(segments, async ({ options, client, dataset, output }) => {
    const items: SegmentAnswer[] = [];
    const path = `${(await dataset()).path}/segments${options.showDisabled ? '?showDisabled=true' : ''}`;
    for await (const item of client().list<SegmentAnswer>(path)) items.push(item);
    const rows = items.map((one) => [one.name, usersText(one), kindText(one), stateText(one), one.id]);
    const columns = ['Segment', { title: 'Users', align: 'right' } as const, 'Kind', 'State', 'Id'];
    output.result({ items }, items.length ? table(columns, rows) : 'There is no segment to show.');
  });
  addCreate(segments);
  addShow(segments);
  addSwitch(segments, 'enable', 'Enable a segment: its users are computed anew (a list is as it was).');
  addSwitch(segments, 'disable', 'Disable a segment: nobody joins and nobody leaves.');
  addDelete(segments);
  addListChanges(segments);
  addWatch(segments);
}

interface CreateOptions {
  rule?: string;
  kind?: string;
}

function addCreate(segments: Command): void {
  const create = withDataset(segments.command('create'))
    .description('Create a segment by a rule (JSON), or an empty list.')
    .argument('<name>', 'its name')
    .option('--rule <file>', 'the rule: a JSON file, - for standard input, or the JSON itself')
    .addOption(new Option('--kind <kind>', 'a list in place of a rule').choices(['manual', 'subscriberList']));
  withExamples(
    create,
    ['lethe segments create Gone --rule gone.json --dataset shop', 'the rule from a file'],
    [`lethe segments create Anonymous --rule '{"anonymous":true}' --dataset shop`, 'the rule as it is'],
    ['lethe segments create Staff --kind manual --dataset shop', 'a list, empty at first'],
  );
  does<CreateOptions>(create, async ({ args: [name], options, client, dataset, output }) => {
    if ((options.rule === undefined) === (options.kind === undefined))
      throw wrongUsage('segment', 'Say what the segment is: --rule FILE, or --kind manual for a list.');
    const body = options.rule === undefined ? { kind: options.kind } : { kind: 'rule', rule: readRule(options.rule) };
    const { path } = await dataset();
    const created = await client().send<SegmentAnswer>('POST', `${path}/segments`, { name, ...body });
    const segment = await untilComputed(client(), path, created, output);
    output.result(
      segment,
      `Created the segment "${segment.name}" (${segment.id}): ${counted(segment.users ?? 0, 'user')}.`,
    );
  });
}

function readRule(from: string): unknown {
  const text = from.trimStart().startsWith('{') ? from : readText(from);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrongUsage('rule', `The rule is not JSON: ${messageOf(error)}.`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new LetheError('notFound', 'file.unreadable', `${file} cannot be read: ${messageOf(error)}.`);
  }
}

function addShow(segments: Command): void {
  const show = withDataset(segments.command('show'))
    .description('Show one segment: its users, its rule, and what uses it.')
    .argument('<segment>', segmentHelp);
  does(show, async ({ args: [wanted = ''], client, dataset, output }) => {
    const segment = await findSegment(client(), (await dataset()).path, wanted);
    const usedBy = segment.usedBy.map(({ kind, name }) => `${kind} "${name}"`).join(', ');
    const text = facts([
      ['Segment', `${segment.name} (${segment.id})`],
      ['Users', usersText(segment)],
      ['Kind', kindText(segment)],
      ['State', stateText(segment)],
      ['Created', moment(segment.createdAt)],
      ['Used by', usedBy || '–'],
      ...(segment.kind === 'rule' ? [['Rule', JSON.stringify(segment.rule)] as const] : []),
    ]);
    output.result(segment, text);
  });
}

function addSwitch(segments: Command, verb: 'enable' | 'disable', about: string): void {
  const command = withDataset(segments.command(verb)).description(about).argument('<segment>', segmentHelp);
  does(command, async ({ args: [wanted = ''], client, dataset, output }) => {
    const { path } = await dataset();
    const { id } = await findSegment(client(), path, wanted);
    const enabled = verb === 'enable';
    const changed = await client().send<SegmentAnswer>('PATCH', `${path}/segments/${id}`, { enabled });
    const segment = await untilComputed(client(), path, changed, output);
    output.result(segment, `"${segment.name}" is ${verb}d: ${counted(segment.users ?? 0, 'user')}.`);
  });
}

function addDelete(segments: Command): void {
  const remove = withDataset(segments.command('delete'))
    .description('Delete a segment. Its users stay; to delete them see "lethe delete-users".')
    .argument('<segment>', segmentHelp);
  does(remove, async ({ args: [wanted = ''], client, dataset, output }) => {
    const { path } = await dataset();
    const { id, name } = await findSegment(client(), path, wanted);
    await client().send('DELETE', `${path}/segments/${id}`);
    output.result({ deleted: id, name }, `Deleted the segment "${name}". Its users stay.`);
  });
}

interface ListChange {
  items: { id: string; outcome: string }[];
  users: number;
}

function addListChanges(segments: Command): void {
  const users = segments.command('users').description('Change who is on a manual or subscriber list.');
  for (const [verb, method, about] of [
    ['add', 'POST', 'Put users on a list.'],
    ['remove', 'DELETE', 'Take users off a list. They stay users.'],
  ] as const) {
    const command = withDataset(users.command(verb))
      .description(about)
      .argument('<segment>', segmentHelp)
      .argument('<value...>', 'ids or identity values; who is unknown is not created');
    withExamples(command, [`lethe segments users ${verb} Staff ada@example.com u42 --dataset shop`, 'two users']);
    does(command, (call) => changeList(call, method));
  }
}

async function changeList({ args, client, dataset, output }: Call<object>, method: 'POST' | 'DELETE'): Promise<void> {
  const [wanted = '', ...ids] = args;
  const { path } = await dataset();
  const { id, name } = await findSegment(client(), path, wanted);
  const changed = await client().send<ListChange>(method, `${path}/segments/${id}/users`, { ids });
  const lines = table(
    ['User', 'Outcome'],
    changed.items.map((item) => [item.id, outcomes[item.outcome] ?? item.outcome]),
  );
  output.result(changed, `${lines}\n\n"${name}" has ${counted(changed.users, 'user')} now.`);
}

const outcomes: Readonly<Record<string, string>> = {
  added: 'added',
  alreadyIn: 'was on it already',
  removed: 'removed',
  notIn: 'was not on it',
  unknown: 'unknown, nothing done',
};

function usersText({ users }: SegmentAnswer): string {
  return users === null ? 'computing' : count(users);
}

function kindText({ kind }: SegmentAnswer): string {
  return { rule: 'rule', manual: 'list', subscriberList: 'subscriber list' }[kind];
}

function stateText({ state, enabled }: SegmentAnswer): string {
  if (state === 'deleting') return 'its users are being deleted';
  if (state === 'computing') return 'computing';
  return enabled ? 'enabled' : 'disabled';
}
