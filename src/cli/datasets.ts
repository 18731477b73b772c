import { type Command, Option } from 'commander';
import type { DatasetAnswer, SummaryAnswer } from './answers.ts';
import { does, withExamples } from './command.ts';
import { wrongUsage } from './exit-status.ts';
import { askText, canAsk } from './questions.ts';
import { amount, count, facts, table } from './text.ts';

export function addDatasets(program: Command): void {
  const datasets = program
    .command('datasets')
    .summary('list, create, show, change and delete datasets')
    .description('List the datasets within reach; create, show, change or delete one.');
  withExamples(
    datasets,
    ['lethe datasets', 'the list'],
    ['lethe datasets create shop --name "Our shop"', 'a new one'],
    ['lethe datasets show shop', 'how many users, events and orders it holds'],
  );
  does(datasets, async ({ client, output }) => {
    const items: DatasetAnswer[] = [];
    for await (const item of client().list<DatasetAnswer>('/api/datasets')) items.push(item);
    const rows = items.map(({ id, name, type }) => [id, name, type]);
    const none = 'There is no dataset within reach. Create one: lethe datasets create shop';
    output.result({ items }, items.length ? table(['Dataset', 'Name', 'Type'], rows) : none);
  });
  addCreate(datasets);
  addShow(datasets);
  addChange(datasets);
  addDelete(datasets);
}

function addCreate(datasets: Command): void {
  const create = datasets
    .command('create')
    .description('Create a dataset: an isolated world with its own users, segments and jobs.')
    .argument('<id>', 'small letters, digits, - and _; begins with a letter')
    .option('--name <name>', 'its name on screens; the id unless given')
    .option('--type <type>', 'production, staging, qa or development', 'production');
  withExamples(create, [
    'lethe datasets create shop --name "Our shop" --type staging',
    'a dataset for trying things out',
  ]);
  does<{ name?: string; type: string }>(create, async ({ args: [id], options, client, output }) => {
    const dataset = await client().send<DatasetAnswer>('POST', '/api/datasets', {
      id,
      name: options.name ?? id,
      type: options.type,
    });
    output.result(dataset, `Created the dataset ${dataset.id} ("${dataset.name}", ${dataset.type}).`);
  });
}

function addShow(datasets: Command): void {
  const show = datasets
    .command('show')
    .description('Show a dataset and the exact number of everything in it.')
    .argument('<id>', 'the dataset');
  does(show, async ({ args: [id = ''], client, output }) => {
    const dataset = await client().get<DatasetAnswer>(`/api/datasets/${encodeURIComponent(id)}`);
    const summary = await client().get<SummaryAnswer>(`/api/dataset/${encodeURIComponent(id)}/summary`);
    output.result({ ...dataset, summary }, `${dataset.name} (${dataset.type})\n\n${summaryText(summary)}`);
  });
}

/** The figures of a dataset under each other. */
export function summaryText(summary: SummaryAnswer): string {
  return facts([
    ['Users', `${count(summary.users)}  (${count(summary.named)} named, ${count(summary.anonymous)} anonymous)`],
    ['Identities', count(summary.identities)],
    ['Events', count(summary.events)],
    ['Orders', `${count(summary.orders)}, worth ${amount(summary.revenue)}`],
    ['Segments', count(summary.segments)],
  ]);
}

interface ChangeOptions {
  eventApi?: 'on' | 'off';
  quietHours?: string;
  usersPerSecond?: string;
}

function addChange(datasets: Command): void {
  const change = datasets
    .command('change')
    .summary('switch the Event API on or off; set the quiet hours')
    .description(
      'Switch the Event API of a dataset on or off: whether anybody may send it events at /api2/event. ' +
        'Set its quiet hours: when a bulk deletion goes at most at the given rate.',
    )
    .argument('<id>', 'the dataset')
    .addOption(new Option('--event-api <switch>', 'on or off').choices(['on', 'off']))
    .option('--quiet-hours <hours>', 'from-to in UTC, such as 08:00-20:00; or none')
    .option('--users-per-second <number>', 'most users that a bulk deletion deletes a second in the quiet hours');
  withExamples(
    change,
    ['lethe datasets change shop --event-api on', 'take events at /api2/event/shop'],
    ['lethe datasets change shop --quiet-hours 08:00-20:00 --users-per-second 1000', 'delete gently by day'],
    ['lethe datasets change shop --quiet-hours none', 'at full speed all day'],
  );
  does<ChangeOptions>(change, async ({ args: [id = ''], options, client, output }) => {
    const { eventApi } = options;
    const quietHours = readQuietHours(options);
    if (eventApi === undefined && quietHours === undefined) {
      throw wrongUsage('change', 'Say what to change: --event-api or --quiet-hours.');
    }
    const wanted = {
      ...(eventApi && { eventApi: eventApi === 'on' }),
      ...(quietHours !== undefined && { quietHours }),
    };
    const dataset = await client().send<DatasetAnswer>('PATCH', `/api/datasets/${encodeURIComponent(id)}`, wanted);
    const does = dataset.eventApi ? 'takes events' : 'takes no events';
    const takes = `The dataset ${dataset.id} ${does} at /api2/event/${dataset.id}.`;
    output.result(dataset, `${takes} ${quietHoursText(dataset)}`);
  });
}

/** Undefined where nothing is said of them, null for none. What is wrong with the times themselves, the server says. */
function readQuietHours({ quietHours, usersPerSecond }: ChangeOptions): DatasetAnswer['quietHours'] {
  if (quietHours === undefined && usersPerSecond !== undefined) {
    throw wrongUsage('quiet-hours', '--users-per-second needs --quiet-hours FROM-TO.');
  }
  if (quietHours === undefined || quietHours === 'none') return quietHours && null;
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(quietHours) ?? [];
  if (from === undefined || to === undefined) {
    throw wrongUsage('quiet-hours', `"${quietHours}" is not FROM-TO in UTC, such as 08:00-20:00, and not none.`);
  }
  if (!/^[1-9]\d*$/.test(usersPerSecond ?? '')) {
    throw wrongUsage('users-per-second', '--quiet-hours needs --users-per-second NUMBER, a whole number from 1 up.');
  }
  return { from, to, usersPerSecond: Number(usersPerSecond) };
}

function quietHoursText({ quietHours }: DatasetAnswer): string {
  if (!quietHours) return 'It has no quiet hours.';
  const { from, to, usersPerSecond } = quietHours;
  return `Its quiet hours are ${from} to ${to} UTC: bulk deletions take at most ${count(usersPerSecond)} users a second.`;
}

function addDelete(datasets: Command): void {
  const remove = datasets
    .command('delete')
    .description('Delete a dataset with everything in it, for good.')
    .argument('<id>', 'the dataset')
    .option('--confirm <id>', 'the id once more; needed without a terminal');
  withExamples(remove, ['lethe datasets delete trial --confirm trial', 'without a question']);
  does<{ confirm?: string }>(remove, async ({ args: [id = ''], options, client, output }) => {
    const confirm = options.confirm ?? (await askForId(id));
    if (confirm !== id) throw wrongUsage('confirm', `"${confirm}" is not "${id}"; nothing was deleted.`);
    const path = `/api/datasets/${encodeURIComponent(id)}?confirm=${encodeURIComponent(confirm)}`;
    await client().send('DELETE', path);
    output.result({ deleted: id }, `Deleted the dataset ${id} with everything in it.`);
  });
}

async function askForId(id: string): Promise<string> {
  if (!canAsk()) throw wrongUsage('confirm', `Without a terminal add --confirm ${id}.`);
  return askText(`This deletes the dataset ${id} with all of its users, for good. Type its id to confirm`);
}
