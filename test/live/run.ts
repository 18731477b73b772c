import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { startTestPostgres } from '../test-postgres.ts';
import { runLife } from './run-life.ts';
import { openLiveWorld } from './world.ts';

/**
 * As many runs of the property test as are asked for, on a PostgreSQL of its own:
 *
 *     node test/live/run.ts --runs 1000 --seed 42
 *
 * A run that fails prints its seed; `--runs 1 --seed …` tries it again. `--stop` ends with the first failure.
 */
const { values } = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' }, stop: { type: 'boolean' } },
});
const runs = Number(values.runs ?? 1_000);
const firstSeed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const server = await startTestPostgres();
const world = await openLiveWorld(server.url);
const counts = new Map<string, number>();
let done = 0;
let failed = 0;
const began = performance.now();
while (done < runs && !(values.stop && failed > 0)) {
  try {
    const { ledger } = await runLife(world, firstSeed + done);
    for (const [what, count] of ledger.counts) counts.set(what, (counts.get(what) ?? 0) + count);
  } catch (error) {
    failed++;
    console.log((error as Error).message);
  }
  done++;
  if (done % 100 === 0) console.log(`${done} runs, ${failed} of them failed.`);
}
const seconds = Math.round((performance.now() - began) / 1_000);
console.log(Object.fromEntries([...counts].sort()));
console.log(`Deadlocks between transactions: ${await countDeadlocks()}.`);
console.log(`${done} runs from seed ${firstSeed} in ${seconds} s, ${failed} of them failed.`);
await world.close();
await server.stop();
process.exitCode = failed > 0 ? 1 : 0;

/** Those that were repeated without anybody noticing: none is expected, since everybody locks in the same order. */
async function countDeadlocks(): Promise<string> {
  const { rows } = await sql<{ deadlocks: string }>`
    SELECT deadlocks::text FROM pg_stat_database WHERE datname = current_database()`.execute(world.database.reads);
  return rows[0]?.deadlocks ?? 'unknown';
}
