import { readFileSync } from 'node:fs';
import { on } from '../src/database/handle.ts';
import { openDatabase } from '../src/database/postgres.ts';
import { findDataset } from '../src/datasets/dataset-sql.ts';
import { fillDataset } from '../test/fill-dataset.ts';
import { LetheProcess, until } from '../test/lethe-process.ts';
import { machine } from './machine.ts';

/**
 * Peak memory of the server process over a bulk deletion, with few users and with many, each in a process of its own: preview,
 * start, progress, proof, receipt. Whatever grows with the segment shows as a difference.
 */
export async function memoryBenchmark(options: Record<string, string | boolean | undefined>) {
  const sizes = [50_000, Number(options.profiles ?? 400_000)];
  const runs: { users: number; peakMb: number }[] = [];
  for (const users of sizes) {
    runs.push(await measure(users));
    if (!options.json) console.log(`${users} users: ${runs.at(-1)?.peakMb} MB`);
  }
  const [few, many] = runs;
  return { benchmark: 'memory', machine: machine(), runs, differenceMb: (many?.peakMb ?? 0) - (few?.peakMb ?? 0) };
}

async function measure(users: number): Promise<{ users: number; peakMb: number }> {
  const lethe = new LetheProcess({ LETHE_PARTITIONS: '16' });
  try {
    await lethe.start();
    await lethe.api('POST', '/api/datasets', { id: 'shop', name: 'Shop', type: 'development' });
    const database = openDatabase(lethe.databaseUrl, 10);
    const dataset = await findDataset(database.reads, 'shop');
    if (!dataset) throw new Error('the dataset was not created');
    await fillDataset(on(dataset, database.writes), { profiles: users, eventsPerProfile: 3, share: 1 });
    await database.close();
    await lethe.api('GET', '/api/dataset/shop/segments/doomd/deletion-preview');
    const { json } = await lethe.api('POST', '/api/dataset/shop/segments/doomd/deletions', {
      consent: true,
      expectedUsers: users,
    });
    const url = `/api/dataset/shop/deletions/${json.id}`;
    await until(async () => (await lethe.api('GET', url)).json.state === 'completed', 'the deletion is completed');
    await lethe.api('GET', `${url}/receipt`);
    return { users, peakMb: peakMemoryMb(lethe.pid) };
  } finally {
    await lethe.remove();
  }
}

/** High-water mark of a process's resident memory, as Linux keeps it. */
export function peakMemoryMb(pid: number): number {
  const [, kb = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kb) / 1_024);
}
