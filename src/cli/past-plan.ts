import { statSync } from 'node:fs';
import type { VerifyOutcome } from '../app/run-hooks.js';
import { RUN_OPTIONS } from '../config/options/options.js';
import { optionError, type RawFlags, readText } from '../config/raw-flags.js';
import { readChoice, readQuantity } from '../config/read-option.js';
import type { RowDifference, RowHashes } from '../core/difference.js';
import type { RunResult } from '../core/result.js';
import type { Night } from '../core/trend.js';
import type { Secret } from '../secrets/secret.js';
import { DEFAULT_WAIVERS_PATH } from '../waivers/waiver.js';
import type { WaiverBook } from '../waivers/waiver-book.js';
import type { GuardedIo } from './cli-io.js';
import type { OutputPlan } from './output-plan.js';

/** What a run is held against: differences that were accepted, known, or seen before. */
export interface Past {
  readonly waivers: WaiverBook;
  /** Makes the hashes that stand for hidden values; null where values are shown, or no secret is given. */
  readonly hashRow: ((table: string, row: RowDifference) => RowHashes) | null;
  /** Whether every differing row is held against something. */
  readonly readsRows: boolean;
  /** How many differing rows of a table, by its name on the target, end no job because the baseline knows them. */
  readonly mostKnown: (table: string) => number;
  /** Compares what a run found with it, and adds it to the history. */
  judge(outcome: Pick<VerifyOutcome, 'result' | 'differences'>): Promise<JudgedRun>;
}

export interface JudgedRun extends Pick<VerifyOutcome, 'differences'> {
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

/** What the plan is made of. */
export interface PastOpening {
  readonly flags: RawFlags;
  readonly io: GuardedIo;
  readonly outputs: OutputPlan;
  /** Whether the waivers of the working folder are read where no flag names others. */
  readonly looksForWaivers: boolean;
  readonly showValues: boolean;
}

/** A run with what it is held against, and the secret that hashes are made with. */
export interface PastRequest extends PastOpening {
  readonly plan: PastPlan;
  readonly secret: Secret | null;
}

/** Reads the flags about what a run is held against. */
export function planPast({ flags, looksForWaivers }: PastOpening): PastPlan {
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
    waiversPath: readText(flags, 'waivers') ?? (looksForWaivers ? findWaivers() : null),
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
