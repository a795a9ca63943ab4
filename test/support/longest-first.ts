import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, the longest first. Their size tells nothing of that: most of them wait for servers. */
const LONGEST = [
  'test/replication/ways',
  'test/live/snapshots',
  'test/live/kinds',
  'test/watch/',
  'test/traps/outages',
  'test/app/max-load',
  'test/live/',
  'test/traps/silent-servers',
  'test/traps/dead-connections',
  'test/engines/gate/write-marks',
  'test/gate/',
  'test/replication/',
];

/**
 * Begins with the files that take long, so that at the end no worker is left alone with one of them. Vitest knows how long files
 * take only where they ran before, and goes by their size elsewhere.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => this.#rank(one) - this.#rank(other));
  }

  #rank({ moduleId }: TestSpecification): number {
    const path = relative(this.ctx.config.root, moduleId).replaceAll('\\', '/');
    const found = LONGEST.findIndex((start) => path.startsWith(start));
    return found === -1 ? LONGEST.length : found;
  }
}
