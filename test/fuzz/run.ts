import { parseArgs } from 'node:util';
import { runFuzz } from './run-fuzz.ts';

/**
 * As many hostile requests as are asked for, against a server of its own:
 *
 *     node test/fuzz/run.ts --requests 100000 --seed 42
 *
 * What was not right is printed with the number of its case: `--from NUMBER --requests 1` sends that one again.
 */
const { values } = parseArgs({
  options: { requests: { type: 'string' }, seed: { type: 'string' }, from: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const report = await runFuzz({ seed, requests: Number(values.requests ?? 100_000), from: Number(values.from ?? 0) });
const { failures, classes, memory } = report;
for (const [what, count] of [...classes].sort()) console.log(`${String(count).padStart(7)}  ${what}`);
for (const failure of failures.slice(0, 40)) console.log(failure);
const megabytes = (bytes: number) => Math.round(bytes / 1_000_000);
console.log(
  `${report.requests} requests of ${classes.size} classes from seed ${seed} in ${Math.round(report.seconds)} s; ${report.events} events taken, ` +
    `${report.busy} answers "busy", ${failures.length} things that are not right. The server's memory: ${megabytes(memory.before)} MB before, ` +
    `${megabytes(memory.peak)} at most, ${megabytes(memory.after)} in the end.`,
);
process.exitCode = failures.length > 0 ? 1 : 0;
