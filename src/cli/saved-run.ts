import { whyNotRead } from '../config/file-reason.js';
import { usageError } from '../config/raw-flags.js';
import type { RunResult } from '../core/result.js';
import { parseSavedResult } from '../report/saved-result.js';
import { readTextFile } from './read-text-file.js';

/** A result holds the first differences of each table only, but their values may be long. */
const MOST_SAVED_BYTES = 256 << 20;

/** Reads the result that `--report json=PATH` wrote. */
export function readSavedRun(path: string): RunResult {
  return parseSavedResult(readText(path), path);
}

function readText(path: string): string {
  try {
    return readTextFile(path, MOST_SAVED_BYTES);
  } catch (error) {
    throw usageError(
      `Cannot read the saved result ${path}: ${whyNotRead(error)}.`,
      'Name a file that --report json=PATH wrote.',
    );
  }
}
