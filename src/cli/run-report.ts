import { refuseInputsAsOutputs } from '../config/file-place.js';
import { optionError, type RawFlags, readText } from '../config/raw-flags.js';
import { readShowValues } from '../config/resolve-flags.js';
import { exitCodeOfResult } from '../core/exit-code.js';
import type { RunResult } from '../core/result.js';
import type { Night } from '../core/trend.js';
import { collectHtmlRows, type HtmlRows } from '../report/html/rows/html-rows.js';
import { parseSavedDifferences } from '../report/saved-differences.js';
import { rowsWithoutValues, withoutValues } from '../report/without-values.js';
import type { GuardedIo } from './cli-io.js';
import { type OutputPlan, plannedFiles, planOutput, showsRows } from './output-plan.js';
import { readLines } from './read-lines.js';
import { openRunOutput } from './run-output.js';
import { readSavedRun } from './saved-run.js';
import { tellBeside } from './taken-stdout.js';

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
  const historyFolder = readText(flags, 'history') ?? null;
  refuseInVain(plan, [
    { option: '--differences', path: rowsPath, shows: 'rows' },
    { option: '--history', path: historyFolder, shows: 'a trend' },
  ]);
  refuseInputsAsOutputs(plannedFiles(plan), rowsPath === null ? [path] : [path, rowsPath]);
  const saved = readSavedRun(path);
  const result = showValues ? saved : withoutValues(saved);
  const trend = await readTrend(historyFolder, result);
  const rows = rowsPath === null ? null : await readRows({ path: rowsPath, result, showValues });
  const output = await openRunOutput({ plan, io: tellBeside(io, plannedFiles(plan)) });
  try {
    await output.write({ result, differences: null, rows, repair: null, trend, hashRow: null, watch: null });
  } finally {
    output.discard();
  }
  return exitCodeOfResult(result);
}

async function readTrend(folder: string | null, result: RunResult): Promise<readonly Night[] | null> {
  if (folder === null) return null;
  const { readHistory } = await import('../history/history-folder.js');
  const { foldNights, trendOf } = await import('../history/fold-nights.js');
  return trendOf(foldNights(readHistory(folder, () => undefined)), result);
}

interface ReadBeside {
  readonly option: string;
  readonly path: string | null;
  readonly shows: string;
}

/** What is read for a report that is not asked for is a mistake. */
function refuseInVain(plan: OutputPlan, read: readonly ReadBeside[]): void {
  if (showsRows(plan)) return;
  for (const { option, path, shows } of read) {
    if (path === null) continue;
    throw optionError({
      option,
      message: `Expected --report html with ${option}, got no report that shows ${shows}.`,
      hint: `Write --report html=PATH, or leave ${option} out.`,
    });
  }
}

interface Rows {
  readonly path: string;
  readonly result: RunResult;
  readonly showValues: boolean;
}

function readRows({ path, result, showValues }: Rows): Promise<HtmlRows> {
  const differences = parseSavedDifferences({ lines: readLines(path), path, result });
  return collectHtmlRows({
    result,
    differences: showValues ? differences : rowsWithoutValues(differences),
  });
}
