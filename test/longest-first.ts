import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Files that take longest, in order: killed servers, random lives of a dataset, whole tasks in a browser, and short files of long tests. */
const long = [
  /^test\/faults\//,
  /live.*\.test\.ts$/,
  /agreement\.test\.ts$/,
  /^test\/console\//,
  /^test\/install/,
  /^test\/(fuzz|restore|concurrent)/,
  /(embedded|scrub|machine|brake)\.test\.ts$/,
];

/** Begins with what takes longest, so that all workers end at the same time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const path = moduleId.slice(this.ctx.config.root.length + 1);
      const place = long.findIndex((pattern) => pattern.test(path));
      return place < 0 ? long.length : place;
    };
    // What Vitest knows of earlier runs decides among those of one kind.
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
