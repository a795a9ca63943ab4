import { refuseInputsAsOutputs } from '../config/file-place.js';
import { whyNotRead } from '../config/file-reason.js';
import { optionError, type RawFlags, readText, usageError } from '../config/raw-flags.js';
import { readShowValues } from '../config/resolve-flags.js';
import { exitCodeOfRun, type RunResult } from '../core/result.js';
import { collectHtmlRows, type HtmlRows } from '../report/html/rows/html-rows.js';
import { parseSavedDifferences } from '../report/saved-differences.js';
import { parseSavedResult } from '../report/saved-result.js';
import type { GuardedIo } from './cli-io.js';
import { type OutputPlan, plannedFiles, planOutput, showsRows } from './output-plan.js';
import { readLines } from './read-lines.js';
import { readTextFile } from './read-text-file.js';
import { openRunOutput } from './run-output.js';

interface ReportCommand {
  readonly path: string;
  readonly flags: RawFlags;
  readonly io: GuardedIo;
}

/** Does what `rowproof report` was asked to and returns the exit code of the saved run. */
export async function runReport({ path, flags: given, io }: ReportCommand): Promise<number> {
  // What is an output of verify is read here.
  const { differences, ...flags } = given;
  const plan = planOutput(flags, io.env);
  const rowsPath = readText({ differences }, 'differences') ?? null;
  const showValues = readShowValues(flags);
  refuseRowsInVain(plan, rowsPath);
  refuseInputsAsOutputs(plannedFiles(plan), rowsPath === null ? [path] : [path, rowsPath]);
  const result = parseSavedResult(readSaved(path), path);
  const rows = rowsPath === null ? null : await readRows({ path: rowsPath, result, showValues });
  const output = openRunOutput({ plan, io, showValues });
  try {
    await output.write({ result, differences: null, rows, repair: null });
  } finally {
    output.discard();
  }
  return exitCodeOfRun(result);
}

function refuseRowsInVain(plan: OutputPlan, rowsPath: string | null): void {
  if (rowsPath === null || showsRows(plan)) return;
  throw optionError({
    option: '--differences',
    message: 'Expected --report html with --differences, got no report that shows rows.',
    hint: 'Write --report html=PATH, or leave --differences out.',
  });
}

interface Rows {
  readonly path: string;
  readonly result: RunResult;
  readonly showValues: boolean;
}

function readRows({ path, result, showValues }: Rows): Promise<HtmlRows> {
  const differences = parseSavedDifferences({ lines: readLines(path), path, result });
  return collectHtmlRows({ result, differences, showValues });
}

/** A result holds the first differences of each table only, but their values may be long. */
const MOST_SAVED_BYTES = 256 << 20;

/** Reads a result that was saved; throws a `usage` error where that is no file of its size. */
export function readSaved(path: string): string {
  try {
    return readTextFile(path, MOST_SAVED_BYTES);
  } catch (error) {
    throw usageError(
      `Cannot read the saved result ${path}: ${whyNotRead(error)}.`,
      'Name a file that --report json=PATH wrote.',
    );
  }
}
