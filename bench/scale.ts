import { LetheProcess } from '../test/lethe-process.ts';
import { type BulkDeletion, deleteInBulk } from './bulk-deletion.ts';
import { addSmallSegments, makeFilledDataset } from './filled-dataset.ts';
import { machine, median } from './machine.ts';
import { peakMemoryMb } from './memory.ts';

const eventsPerProfile = 10;
const times = 5;

type Say = (text: string) => void;

/**
 * What the size of a dataset costs a bulk deletion: a thousand users and half of all, out of a large dataset and out of a tenth of it,
 * on one server. The thousands take turns; the half of the large one comes between those of two small ones.
 */
export async function scaleBenchmark(options: Record<string, string | boolean | undefined>) {
  const large = Number(options.profiles ?? (options.quick ? 50_000 : 1_000_000));
  const small = Math.round(large / 10);
  const users = Math.min(1_000, Math.floor(small / 100));
  const say: Say = options.json ? () => {} : (text) => console.log(text);
  const lethe = new LetheProcess({ LETHE_PARTITIONS: '16', LETHE_LOG_LEVEL: 'warn' });
  try {
    await lethe.start();
    const readyMb = peakMemoryMb(lethe.pid);
    for (const [dataset, profiles] of [
      ['large', large],
      ['small', small],
      ['again', small],
    ] as const) {
      say(`Filling ${profiles} profiles with ${eventsPerProfile} events each…`);
      await makeFilledDataset(lethe, dataset, { profiles, eventsPerProfile, share: 0 }, (ds) =>
        addSmallSegments(ds, { prefix: 'tiny', count: times, users, profiles }),
      );
    }
    const run = await deleteAll(lethe, say);
    const peakMb = peakMemoryMb(lethe.pid);
    say(`Most memory of the server: ${peakMb} MB; ${readyMb} MB when it was ready`);
    return { benchmark: 'scale', machine: machine(), large, small, ...run, readyMb, peakMb };
  } finally {
    await lethe.remove();
  }
}

async function deleteAll(lethe: LetheProcess, say: Say) {
  const few: Pair = { large: [], small: [] };
  for (let time = 0; time < times; time++) {
    // Each goes first now and then.
    const order = time % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const);
    for (const dataset of order) few[dataset].push(await deleteInBulk(lethe, dataset, `tiny${time}`));
  }
  const fewCompared = compare(few, say);
  const half: Pair = { large: [], small: [] };
  half.small.push(await deleteInBulk(lethe, 'small', 'halfx'));
  half.large.push(await deleteInBulk(lethe, 'large', 'halfx'));
  half.small.push(await deleteInBulk(lethe, 'again', 'halfx'));
  return { few: fewCompared, half: compare(half, say) };
}

/** The same deletions out of the large dataset and out of small ones. */
interface Pair {
  large: BulkDeletion[];
  small: BulkDeletion[];
}

/** The median of the seconds, each of them, and how much longer it takes out of the large one. */
function compare(runs: Pair, say: Say) {
  const of = (deletions: readonly BulkDeletion[]) => {
    const all = deletions.map(({ seconds }) => seconds);
    return {
      users: deletions[0]?.users ?? 0,
      seconds: median(all),
      all,
      phases: deletions.map(({ phases }) => phases),
    };
  };
  const [large, small] = [of(runs.large), of(runs.small)];
  const ratio = Math.round((large.seconds / small.seconds) * 1_000) / 1_000;
  say(
    `${large.users} users out of the large dataset ${large.seconds} s (${large.all.join(', ')}), ` +
      `${small.users} out of the small one ${small.seconds} s (${small.all.join(', ')}): ratio ${ratio}`,
  );
  return { large, small, ratio };
}
