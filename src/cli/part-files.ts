import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { PartOutcome } from '../app/part-outcome.js';
import { openOutputFile } from './output-file.js';

/** The two files of a part: itself, and its differing rows. */
export interface PartFiles {
  /** Writes both; the part appears last, so that it never names rows that are not there. */
  write(part: PartOutcome): Promise<void>;
  /** Removes what is not in its place yet. */
  discard(): void;
}

/**
 * Opens the files of a part before anything is read. The file of rows has a name of its own in each run: where two processes read one
 * part at once, as schedulers may let them, each leaves what belongs together.
 */
export function openPartFiles(path: string): PartFiles {
  const name = `${basename(path).replace(/\.json$/i, '')}.${randomBytes(4).toString('hex')}.rows.ndjson`;
  const part = openOutputFile({ flag: '--output', path, access: 'private' });
  const rows = openOutputFile({
    flag: '--output',
    path: join(dirname(path), name),
    access: 'private',
    belongsTo: path,
  });
  return {
    write: async (outcome) => {
      await rows.write(outcome.lines());
      await part.write([outcome.describe(name)]);
    },
    discard: () => {
      for (const file of [rows, part]) file.discard();
    },
  };
}
