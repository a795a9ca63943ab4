import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { VerifyOutcome } from '../app/verify.js';
import { refuseInputsAsOutputs } from '../config/file-place.js';
import { RUN_OPTIONS } from '../config/options/options.js';
import { optionError, type RawFlags, readText } from '../config/raw-flags.js';
import { readChoice, readQuantity } from '../config/read-option.js';
import type { RunResult } from '../core/result.js';
import type { Night } from '../core/trend.js';
import type { Secret } from '../secrets/secret.js';
import { DEFAULT_WAIVERS_PATH } from '../waivers/waiver.js';
import { WaiverBook } from '../waivers/waiver-book.js';
import type { GuardedIo } from './cli-io.js';
import { type OutputPlan, plannedFiles } from './output-plan.js';

/** What a run is held against: differences that were accepted, known, or seen before. */
export interface Past {
  readonly waivers: WaiverBook;
  /** Compares what a run found with it, and adds it to the history. */
  judge(outcome: Pick<VerifyOutcome, 'result' | 'differences'>): Promise<JudgedRun>;
}

export interface JudgedRun {
  readonly result: RunResult;
  /** The nights of the history, this one too; null where none is kept. */
  readonly trend: readonly Night[] | null;
  /** Why the history does not have this run; the reports come first, whatever it is. Null where it does. */
  readonly failure: unknown;
}

/** What the flags ask for; null for what they do not. */
export interface PastPlan {
  readonly waiversPath: string | null;
  readonly keyFile: string | null;
  readonly baselinePath: string | null;
  readonly failsOnNew: boolean;
  readonly historyFolder: string | null;
  readonly historyKeepMs: number;
}

interface Opening {
  readonly flags: RawFlags;
  readonly io: GuardedIo;
  readonly outputs: OutputPlan;
  readonly showValues: boolean;
}

/**
 * Reads everything that a run is held against before it begins, so that a file that cannot be used ends no run of hours. What
 * was read is told on stderr: a file that was only found in the working folder may be a stranger's.
 */
export async function openPast(opening: Opening): Promise<Past> {
  const plan = planPast(opening.flags);
  const { waiversPath, baselinePath, historyFolder, keyFile } = plan;
  const inputs = [waiversPath, baselinePath, keyFile].filter((path) => path !== null);
  refuseInputsAsOutputs(plannedFiles(opening.outputs), inputs);
  if (waiversPath === null && baselinePath === null && historyFolder === null) return NO_PAST;
  // Loaded late: most runs have none of it, and YAML and its checks take their time to load.
  const { readSecret } = await import('../secrets/read-secret.js');
  const besides = [waiversPath, baselinePath].flatMap((path) => (path === null ? [] : [dirname(path)]));
  const secret = readSecret({
    variables: opening.io.env,
    keyFile,
    protects: { besides, inside: historyFolder === null ? [] : [historyFolder] },
  });
  const request = { ...opening, plan, secret };
  const waivers = waiversPath === null ? WaiverBook.empty() : await openWaivers(request, waiversPath);
  const { openComparison } = await import('./past-comparison.js');
  return { waivers, judge: openComparison(request) };
}

const NO_PAST: Past = {
  waivers: WaiverBook.empty(),
  judge: ({ result }) => Promise.resolve({ result, trend: null, failure: null }),
};

function planPast(flags: RawFlags): PastPlan {
  const baselinePath = readText(flags, 'baseline') ?? null;
  const failsOnNew = readChoice(flags, RUN_OPTIONS.failOn) === 'new';
  if (failsOnNew && baselinePath === null) {
    throw optionError({
      option: '--fail-on',
      message: 'Expected --baseline PATH with --fail-on new, got none.',
      hint: 'Name the file that rowproof baseline accept writes; while there is none, all differences are new.',
    });
  }
  return {
    waiversPath: readText(flags, 'waivers') ?? findWaivers(),
    keyFile: readText(flags, 'key-file') ?? null,
    baselinePath,
    failsOnNew,
    historyFolder: readText(flags, 'history') ?? null,
    historyKeepMs: readQuantity(flags, RUN_OPTIONS.historyKeep),
  };
}

/** What is no file, such as a pipe, would be waited for. */
function findWaivers(): string | null {
  return statSync(DEFAULT_WAIVERS_PATH, { throwIfNoEntry: false })?.isFile() === true
    ? DEFAULT_WAIVERS_PATH
    : null;
}

/** A run with what it is held against, and the secret that hashes are made with. */
export interface PastRequest extends Opening {
  readonly plan: PastPlan;
  readonly secret: Secret | null;
}

async function openWaivers({ io, secret }: PastRequest, path: string): Promise<WaiverBook> {
  const { readWaiversFile } = await import('./waivers-place.js');
  const today = new Date().toISOString().slice(0, 10);
  const file = readWaiversFile(path, today);
  const book = WaiverBook.open({ file, secret, today });
  const { length } = file.waivers;
  io.stderr.write(`Waivers: ${length === 1 ? '1 entry' : `${length} entries`} of ${path}.\n`);
  return book;
}
