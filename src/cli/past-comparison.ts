import { markOfProcess, sweepLeft } from '../app/left-files.js';
import type { EditRow, VerifyOutcome } from '../app/run-hooks.js';
import { whyNotRead } from '../config/file-reason.js';
import { optionError } from '../config/raw-flags.js';
import type { RunResult } from '../core/result.js';
import { type Baseline, parseBaseline } from '../history/baseline.js';
import { foldNights, trendOf } from '../history/fold-nights.js';
import {
  addNight,
  forgetNights,
  openHistory,
  readHistory,
  UNFINISHED_PREFIX,
} from '../history/history-folder.js';
import { KnownDifferences } from '../history/known-differences.js';
import { NightRecorder } from '../history/night-recorder.js';
import { RowDigester } from '../secrets/row-digest.js';
import type { JudgedRun, Past, PastRequest } from './past-plan.js';
import { readTextFile } from './read-text-file.js';

const MOST_BASELINE_BYTES = 64 << 20;

/** Opens the baseline and the history of a run, and returns what holds its differences against both in one pass. */
export function openComparison(request: PastRequest): Pick<Past, 'judge' | 'mostKnown'> {
  const { plan, secret, io } = request;
  const { baselinePath, historyFolder, failsOnNew } = plan;
  refuseGuessableHashes(request);
  const digester = new RowDigester(secret, 'history');
  const baseline = baselinePath === null ? null : openBaseline(request, baselinePath, digester);
  if (historyFolder !== null) {
    openHistory(historyFolder, markOfProcess());
    sweepLeft(historyFolder, UNFINISHED_PREFIX);
    if (secret === null) io.stderr.write(IN_CLEAR);
  }
  const mostKnown: Past['mostKnown'] = (table) => (failsOnNew ? (baseline?.tables[table]?.length ?? 0) : 0);
  if (baselinePath === null && historyFolder === null)
    return { mostKnown, judge: (outcome) => Promise.resolve({ ...outcome, trend: null, failure: null }) };
  const judge: Past['judge'] = async ({ result, differences: all }) => {
    const known = new KnownDifferences({ baseline, digester, failsOnNew });
    const recorder = new NightRecorder(digester);
    const note: EditRow = (table, row) => {
      known.add(table, row);
      if (historyFolder !== null) recorder.add(table, row);
      return row;
    };
    // Hashes are made of what rows are, whatever of them may be told.
    for await (const _ of all(note));
    const isJudged = baselinePath !== null;
    const judged = isJudged ? known.judge(result) : result;
    const differences: VerifyOutcome['differences'] = isJudged
      ? (edit = (_table, row) => row) => all((table, row) => edit(table, known.mark(table, row)))
      : all;
    if (historyFolder === null) return { result: judged, differences, trend: null, failure: null };
    const remembered = remember(request, historyFolder, { result: judged, recorder });
    return { result: judged, differences, ...remembered };
  };
  return { mostKnown, judge };
}

const IN_CLEAR =
  'No secret is given: the history holds the keys of differing rows in clear, and hashes that can be guessed. Set ROWPROOF_KEY, or --key-file PATH.\n';

/** A hash without a secret is a value for whoever has the time to try. */
function refuseGuessableHashes({ plan, secret, showValues }: PastRequest): void {
  if (plan.historyFolder === null || secret !== null || showValues) return;
  throw optionError({
    option: '--history',
    message: 'Expected a secret for --history where values are hidden, got none.',
    hint: 'Set ROWPROOF_KEY, or name the file of a secret with --key-file: without one, hashes of values can be guessed.',
  });
}

function openBaseline({ io }: PastRequest, path: string, digester: RowDigester): Baseline | null {
  const say = (reason: string): null => {
    io.stderr.write(`No baseline: ${reason}. All differences are new.\n`);
    return null;
  };
  let text: string;
  try {
    text = readTextFile(path, MOST_BASELINE_BYTES);
  } catch (error) {
    return say(`cannot read ${path}: ${whyNotRead(error)}`);
  }
  const baseline = parseBaseline(text);
  if (baseline === null) return say(`${path} is not what rowproof baseline accept writes`);
  if (baseline.secret === digester.check) return baseline;
  return say(`${path} was written ${describeSecret(baseline.secret, digester)}`);
}

function describeSecret(written: string | null, { isKeyed }: RowDigester): string {
  if (written === null) return 'without a secret, and one is given';
  return isKeyed ? 'with another secret' : 'with a secret, and none is given';
}

interface Remembered {
  readonly result: RunResult;
  readonly recorder: NightRecorder;
}

/** A history that cannot be written must not take the reports with it. */
function remember(
  { plan, io }: PastRequest,
  folder: string,
  { result, recorder }: Remembered,
): Pick<JudgedRun, 'trend' | 'failure'> {
  try {
    addNight(folder, { night: recorder.finish(result), mark: markOfProcess() });
    forgetNights(folder, Date.now() - plan.historyKeepMs);
    const sayStray = (name: string) => io.stderr.write(`${name} in ${folder} is no night of a history.\n`);
    const nights = foldNights(readHistory(folder, sayStray));
    return { trend: trendOf(nights, result), failure: null };
  } catch (failure) {
    return { trend: null, failure };
  }
}
