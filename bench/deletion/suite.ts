import { writeFileSync } from 'node:fs';
import { type Comparison, compare } from '../deletion.ts';
import { machine } from '../machine.ts';
import { lineChart } from './chart.ts';
import { type Figures, performancePage, roundsProfilesMax } from './page.ts';
import { cascade, handTuned, oneByOne, oneByOneAtOnce, product, thousandIds, thousandIdsAtOnce } from './ways.ts';

const shares = [0.001, 0.01, 0.1, 0.5, 0.9, 1];
const sizes = [10_000, 100_000, 1_000_000];
const events = [0, 10, 100];
/** More rows than this take too long to be made for each size of events. */
const eventsMax = 10_000_000;

/**
 * Every share of one size, half of every size, and half of one size with few and many events, against the ways of others. Writes
 * docs/performance.md with its charts, so that what is published was measured.
 */
export async function measureSuite(say: (text: string) => void, profiles: number, rounds: number) {
  const others = [handTuned, cascade, thousandIds, thousandIdsAtOnce];
  const one = { profiles, eventsPerProfile: 10, rounds, say };
  const byShare: Comparison[] = [];
  let settings: Record<string, string> = {};
  for (const share of shares) {
    const { settings: inForce, ...figures } = await compare({
      ...one,
      share,
      others: share === 0.5 ? [...others, oneByOne, oneByOneAtOnce] : others,
    });
    byShare.push(figures);
    settings = inForce;
  }
  const bySize: Comparison[] = [];
  for (const size of sizes)
    bySize.push(await half({ ...one, profiles: size, rounds: size > roundsProfilesMax ? 1 : rounds, others }));
  const byEvents: Comparison[] = [];
  for (const eventsPerProfile of events) {
    const fitting = Math.min(profiles, Math.floor(eventsMax / Math.max(1, eventsPerProfile)));
    byEvents.push(await half({ ...one, profiles: fitting, eventsPerProfile, others }));
  }
  const figures: Figures = { machine: machine(), settings, measuredAt: new Date(), rounds, byShare, bySize, byEvents };
  publish(figures);
  return {
    benchmark: 'deletion',
    ...figures,
    ratio: byShare.find(({ share }) => share === 0.5)?.ratios[handTuned.name],
  };
}

async function half(setting: Omit<Parameters<typeof compare>[0], 'share'>): Promise<Comparison> {
  const { settings: _, ...figures } = await compare({ ...setting, share: 0.5 });
  return figures;
}

function publish(figures: Figures): void {
  const { byShare, bySize } = figures;
  const names = [product, handTuned, cascade, thousandIds, thousandIdsAtOnce].map(({ name }) => name);
  const write = (path: string, text: string) => writeFileSync(new URL(`../../docs/${path}`, import.meta.url), text);
  write(
    'images/deletion-rate.svg',
    lineChart({
      title: 'Users deleted a second, by the share of the dataset that goes',
      x: byShare.map(({ share }) => `${share * 100} %`),
      lines: names.map((name) => ({ name, values: byShare.map(({ rates }) => rates[name] ?? 0) })),
    }),
  );
  write(
    'images/deletion-time.svg',
    lineChart({
      title: 'Seconds to delete half of the dataset, by its size',
      x: bySize.map(({ profiles }) => profiles.toLocaleString('en')),
      lines: names.map((name) => ({
        name,
        values: bySize.map(({ users, rates }) => users / (rates[name] ?? Number.NaN)),
      })),
    }),
  );
  write('performance.md', performancePage(figures));
}
