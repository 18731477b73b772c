import { makeCopies } from './deletion/copies.ts';
import { measureSuite } from './deletion/suite.ts';
import {
  cascade,
  handTuned,
  oneByOne,
  oneByOneAtOnce,
  product,
  type Run,
  thousandIds,
  thousandIdsAtOnce,
  type Way,
} from './deletion/ways.ts';
import { machine, median } from './machine.ts';

export interface Comparison {
  profiles: number;
  eventsPerProfile: number;
  share: number;
  /** Users that were deleted. */
  users: number;
  /** Users a second of each way, the median of its runs. */
  rates: Record<string, number>;
  /** Of the product's deleting phase alone. */
  deletingRate: number;
  /** The product's rate divided by each other way's, the median over the rounds. */
  ratios: Record<string, number>;
  /** The rate of the product's deleting phase divided by each other way's. */
  deletingRatios: Record<string, number>;
  /** How much longer the whole job takes than its deleting phase. */
  wholeToDeleting: number;
  /** The product's seconds, the median. */
  seconds: number;
}

export interface Setting {
  profiles: number;
  eventsPerProfile: number;
  share: number;
  rounds: number;
  others: readonly Way[];
  say(text: string): void;
}

/**
 * The product's bulk deletion, from its start to the signed receipt with the proof, against the ways of others, on identical copies of
 * one database. Every round runs all of them, each round in another order: what the machine does meanwhile falls on all.
 */
export async function compare(setting: Setting): Promise<Comparison & { settings: Record<string, string> }> {
  const { profiles, eventsPerProfile, share, rounds, others, say } = setting;
  const ways = [product, ...others];
  say(`Filling ${profiles} profiles with ${eventsPerProfile} events each, ${share * 100} % of them to go…`);
  const originals = ways.map((way) => way.original);
  const copies = await makeCopies({ profiles, eventsPerProfile, share }, originals);
  const runs = new Map<Way, Run[]>(ways.map((way) => [way, []]));
  try {
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < ways.length; turn++) {
        const way = ways[(round + turn) % ways.length] as Way;
        const run = await copies.onCopy(way.original, (url) => way.run(url, copies.users));
        runs.get(way)?.push(run);
        say(`  ${way.name}: ${Math.round(rate(run))}/s`);
      }
    }
    return { ...summarise(setting, copies.users, runs), settings: copies.settings };
  } finally {
    await copies.close();
  }
}

const rate = ({ users, seconds }: Run) => users / seconds;
const deletingRate = ({ users, deletingSeconds = Number.NaN }: Run) => users / deletingSeconds;
const rounded = (value: number) => Math.round(value * 1_000) / 1_000;

function summarise(setting: Setting, users: number, runs: ReadonlyMap<Way, Run[]>): Comparison {
  const { profiles, eventsPerProfile, share, others } = setting;
  const ours = runs.get(product) ?? [];
  const byWay = (figure: (way: Way) => number) => Object.fromEntries(others.map((way) => [way.name, figure(way)]));
  const against = (of: (run: Run) => number) =>
    byWay((way) => rounded(median((runs.get(way) ?? []).map((run, round) => of(ours[round] as Run) / rate(run)))));
  return {
    profiles,
    eventsPerProfile,
    share,
    users,
    rates: {
      [product.name]: Math.round(median(ours.map(rate))),
      ...byWay((way) => Math.round(median((runs.get(way) ?? []).map(rate)))),
    },
    deletingRate: Math.round(median(ours.map(deletingRate))),
    ratios: against(rate),
    deletingRatios: against(deletingRate),
    wholeToDeleting: rounded(median(ours.map((run) => run.seconds / (run.deletingSeconds ?? Number.NaN)))),
    seconds: rounded(median(ours.map((run) => run.seconds))),
  };
}

/** `npm run bench -- deletion`: one comparison; with `--suite` all shares and sizes, which makes docs/performance.md. */
export async function deletionBenchmark(options: Record<string, string | boolean | undefined>) {
  const say = options.json ? () => {} : (text: string) => console.log(text);
  const rounds = Number(options.pairs ?? 3);
  if (options.suite) return measureSuite(say, Number(options.profiles ?? 200_000), rounds);
  const { settings, ...comparison } = await compare({
    profiles: Number(options.profiles ?? 200_000),
    eventsPerProfile: Number(options['events-per-profile'] ?? 10),
    share: Number(options.share ?? 0.5),
    rounds,
    others: [handTuned, cascade, thousandIds, thousandIdsAtOnce, oneByOne, oneByOneAtOnce],
    say,
  });
  return {
    benchmark: 'deletion',
    machine: machine(),
    settings,
    ...comparison,
    ratio: comparison.ratios[handTuned.name],
  };
}
