import { parseArgs } from 'node:util';
import { consoleBenchmark } from './console.ts';
import { deletionBenchmark } from './deletion.ts';
import { ingestBenchmark } from './ingest.ts';
import { kindnessBenchmark } from './kindness.ts';
import { memoryBenchmark } from './memory.ts';
import { scaleBenchmark } from './scale.ts';

/** `npm run bench -- NAME [options] [--json]`: with --json the last line of standard output is one JSON document. */
const benchmarks: Record<string, (options: Record<string, string | boolean | undefined>) => Promise<unknown>> = {
  console: consoleBenchmark,
  deletion: deletionBenchmark,
  ingest: ingestBenchmark,
  kindness: kindnessBenchmark,
  memory: memoryBenchmark,
  scale: scaleBenchmark,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    profiles: { type: 'string' },
    'events-per-profile': { type: 'string' },
    share: { type: 'string' },
    pairs: { type: 'string' },
    quick: { type: 'boolean' },
    segments: { type: 'string' },
    batches: { type: 'string' },
    seconds: { type: 'string' },
    users: { type: 'string' },
    'deleted-users': { type: 'string' },
    suite: { type: 'boolean' },
  },
});
const [name = ''] = positionals;
const benchmark = benchmarks[name];
if (!benchmark) {
  console.error(`Usage: npm run bench -- ${Object.keys(benchmarks).join('|')} [options] [--json]`);
  process.exit(2);
}
const result = await benchmark(values);
console.log(values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2));
