import { refuseInputsAsOutputs } from '../config/file-place.js';
import { whyNotRead } from '../config/file-reason.js';
import { type RawFlags, usageError } from '../config/raw-flags.js';
import { readShowValues } from '../config/resolve-flags.js';
import { EXIT_CODES, exitCodeOf } from '../core/verdict.js';
import { parseSavedResult } from '../report/saved-result.js';
import type { GuardedIo } from './cli-io.js';
import { plannedFiles, planOutput } from './output-plan.js';
import { readTextFile } from './read-text-file.js';
import { openRunOutput } from './run-output.js';

interface ReportCommand {
  readonly path: string;
  readonly flags: RawFlags;
  readonly io: GuardedIo;
}

/** Does what `rowproof report` was asked to and returns the exit code of the saved run. */
export async function runReport({ path, flags, io }: ReportCommand): Promise<number> {
  const plan = planOutput(flags, io.env);
  const showValues = readShowValues(flags);
  refuseInputsAsOutputs(plannedFiles(plan), [path]);
  const result = parseSavedResult(readSaved(path), path);
  const output = openRunOutput({ plan, io, showValues });
  try {
    await output.write({ result, differences: noDifferences, repair: null });
  } finally {
    output.discard();
  }
  return result.interrupted ? EXIT_CODES.interrupted : exitCodeOf(result.verdict);
}

/** A result holds the first differences of each table only, but their values may be long. */
const MOST_SAVED_BYTES = 256 << 20;

function readSaved(path: string): string {
  try {
    return readTextFile(path, MOST_SAVED_BYTES);
  } catch (error) {
    throw usageError(
      `Cannot read the saved result ${path}: ${whyNotRead(error)}.`,
      'Name a file that --report json=PATH wrote.',
    );
  }
}

/** A saved result holds the first differences only; they are in it, not beside it. */
async function* noDifferences(): AsyncGenerator<never> {}
