import type { Comparison } from '../deletion.ts';
import type { machine } from '../machine.ts';
import { cascade, handTuned, oneByOne, oneByOneAtOnce, product, thousandIds, thousandIdsAtOnce } from './ways.ts';

export interface Figures {
  machine: ReturnType<typeof machine>;
  settings: Record<string, string>;
  measuredAt: Date;
  /** Of each comparison of up to `roundsProfilesMax` profiles. */
  rounds: number;
  byShare: Comparison[];
  bySize: Comparison[];
  byEvents: Comparison[];
}

/** Larger datasets are measured in one round. */
export const roundsProfilesMax = 200_000;

const count = (value: number | undefined) => (value === undefined ? '–' : Math.round(value).toLocaleString('en'));
const compared = [handTuned, cascade, thousandIds, thousandIdsAtOnce];

/** docs/performance.md, as it was measured. */
export function performancePage({ machine, settings, measuredAt, rounds, byShare, bySize, byEvents }: Figures): string {
  const half = byShare.find(({ share }) => share === 0.5);
  return `# How fast a bulk deletion is

Written by \`npm run bench -- deletion --suite\` on ${measuredAt.toISOString().slice(0, 10)}: ${machine.cores} cores (${machine.cpu}), ${Math.round(machine.memoryMb / 1024)} GB of memory, embedded PostgreSQL
${settings.server_version}, \`fsync\`, \`full_page_writes\` and \`synchronous_commit\` ${settings.fsync === 'on' && settings.full_page_writes === 'on' && settings.synchronous_commit === 'on' ? 'on' : 'NOT ALL on'} for everybody. All ways delete the same users of identical copies, in one run,
in turn; a figure is the median of ${rounds} rounds, or of one where there are more than ${count(roundsProfilesMax)} profiles. Your machine will give other figures.

Lethe's figure is that of the **whole job**: from the request through deletion, proof and signed receipt, while others may go on to use the dataset. The other ways delete rows and
do nothing else:

- **${handTuned.name}**: written for this one segment, on as many connections as Lethe uses, with nobody else there.
- **${cascade.name}**: what a simple product does, every table indexed.
- **${thousandIds.name}**: what the best of the others do: a list of ids is deleted from every table, the next call when the last one is answered. The ids are in the order of the
  rows, and lie ready; no call goes over HTTP and nobody is looked up by an address.
- **${oneByOne.name}**: what most products do, one after the other. Of both, **at once** is on as many connections as Lethe uses.

## By the share that goes

${count(byShare[0]?.profiles)} profiles, 10 events, 2 identities and about 3 memberships each. Users a second:

![Users deleted a second by the share of the dataset that goes: Lethe, hand-tuned SQL, cascading foreign keys, a thousand ids a call, one call after the other and several at once](images/deletion-rate.svg)

${table(
  ['share', 'users', product.name, 'its deleting phase', ...compared.map(({ name }) => name)],
  byShare.map((one) => [
    `${one.share * 100} %`,
    count(one.users),
    count(one.rates[product.name]),
    count(one.deletingRate),
    ...compared.map(({ name }) => count(one.rates[name])),
  ]),
)}

One profile a transaction, at half: ${count(half?.rates[oneByOne.name])} users a second; at once: ${count(half?.rates[oneByOneAtOnce.name])}.

Of few users the start and the end of a job are the larger part: ${byShare[0]?.seconds} s for ${count(byShare[0]?.users)} of them.

## By size

Half of the dataset goes, 10 events each. Seconds from the request to the receipt:

![Seconds to delete half of the dataset by its size: Lethe, hand-tuned SQL, cascading foreign keys, a thousand ids a call, one call after the other and several at once](images/deletion-time.svg)

${table(
  ['profiles', 'users that go', 'seconds', 'users a second'],
  bySize.map((one) => [count(one.profiles), count(one.users), String(one.seconds), count(one.rates[product.name])]),
)}

## By how much a user has done

Half of the dataset goes.

${table(
  ['events each', 'profiles', 'seconds', 'users a second', 'against cascading foreign keys'],
  byEvents.map((one) => [
    count(one.eventsPerProfile),
    count(one.profiles),
    String(one.seconds),
    count(one.rates[product.name]),
    `${(one.ratios[cascade.name] ?? 0).toFixed(1)} times`,
  ]),
)}

## In ratios

Half of ${count(half?.profiles)} profiles. Above 1 Lethe is faster.

${table(
  ['against', 'the whole job', 'its deleting phase'],
  [...compared, oneByOne, oneByOneAtOnce].map(({ name }) => [
    name,
    (half?.ratios[name] ?? 0).toFixed(2),
    (half?.deletingRatios[name] ?? 0).toFixed(2),
  ]),
)}

The whole job, proof and receipt included, takes ${half?.wholeToDeleting.toFixed(2)} times its deleting phase.
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
