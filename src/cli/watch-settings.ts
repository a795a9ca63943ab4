import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findClockCondition } from '../app/clock-condition.js';
import type { WatchRules } from '../app/watch/watch-rules.js';
import { filesOfUrls, refuseInputsAsOutputs, refuseSharedFiles } from '../config/file-place.js';
import { whyNotWritten } from '../config/file-reason.js';
import { RUN_OPTIONS } from '../config/options/options.js';
import {
  optionError,
  type RawFlags,
  readList,
  readSwitch,
  readText,
  usageError,
} from '../config/raw-flags.js';
import { readChoice, readQuantity } from '../config/read-option.js';
import type { RunConfig } from '../config/run-config.js';
import type { CliIo } from './cli-io.js';
import { readJournalPlace } from './journal-folder.js';
import { type OutputPlan, plannedFiles, planOutput } from './output-plan.js';
import type { Settings } from './read-settings.js';

/** What `rowproof watch` was asked for. */
export interface WatchSettings {
  /** Of each pass. */
  readonly config: RunConfig;
  readonly rules: WatchRules;
  readonly plan: OutputPlan;
  /** The folder of journals. */
  readonly folder: string;
}

/** Reads what to watch, how long, and what is written; `given` are the flags of the command line alone. */
export function readWatchSettings(
  settings: Settings,
  given: RawFlags,
  io: Pick<CliIo, 'env'>,
): WatchSettings {
  const { flags } = settings;
  const rules = readRules(settings, given);
  const plan = planWatchOutputs(settings, given, io);
  const { folder } = readJournalPlace(flags, io.env);
  if (folder === null)
    throw usageError('No home folder is known to keep the journal in.', 'Name a folder with --journal DIR.');
  refuseClock(settings.config);
  refuseSnapshot(settings.config);
  // A limit on the lag is a condition of being ready, not of reading; a pass ends when all was read; and each has a seed of its own.
  const unlimited = { maxRuntimeMs: null, maxDifferences: null };
  const config = { ...settings.config, ...unlimited, maxLagMs: null, seed: null };
  return { config, rules, plan, folder };
}

/** A pass may take hours, and the one after it looks at what it left: neither is of one instant. */
function refuseSnapshot({ snapshot }: RunConfig): void {
  if (!snapshot) return;
  throw usageError(
    'Expected no snapshot to watch with: what a watch says is true of the time between two passes, not of one instant.',
    'Leave snapshot out of the config file, or run rowproof verify --snapshot.',
  );
}

function readRules({ config, flags }: Settings, given: RawFlags): WatchRules {
  const isUntilReady = readChoice(flags, RUN_OPTIONS.until) === 'ready';
  for (const name of ['until-timeout', 'max-lag'])
    if (!isUntilReady && given[name] !== undefined)
      throw optionError({
        option: `--${name}`,
        message: `Expected --until ready with --${name}, got none.`,
        hint: 'For example: --until ready --max-lag 5s --until-timeout 8h.',
      });
  const statePath = readText(flags, 'state') ?? null;
  if (statePath !== null) assertWritable(statePath);
  return {
    passEveryMs: readQuantity(flags, RUN_OPTIONS.passEvery),
    lookEveryMs: readQuantity(flags, RUN_OPTIONS.lookEvery),
    isUntilReady,
    untilTimeoutMs: readQuantity(flags, RUN_OPTIONS.untilTimeout),
    stopsOnDifference: readSwitch(flags, 'stop-on-difference'),
    maxLagMs: config.maxLagMs,
    takeOverAfterMs: readQuantity(flags, RUN_OPTIONS.takeOverAfter),
    statePath: statePath === null ? null : resolve(statePath),
  };
}

/** It is put in its place in one step, which needs a folder that can be written to. */
function assertWritable(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
      throw new Error('it is no regular file');
    accessSync(dirname(resolve(path)), constants.W_OK);
  } catch (cause) {
    throw optionError({
      option: '--state',
      message: `Cannot write --state ${path}: ${whyNotWritten(cause)}.`,
      hint: 'Name a file in a folder that exists and that you may write to.',
      cause,
    });
  }
}

const OUTPUTS = ['differences', 'log', 'quiet', 'hide-values', 'hash-keys'];

/** What a config file says of stdout is of `verify`: here it carries a line a pass. */
function planWatchOutputs(settings: Settings, given: RawFlags, { env }: Pick<CliIo, 'env'>): OutputPlan {
  const { flags, config, path } = settings;
  const stray = readList(given, 'report').find((report) => !report.includes('='));
  if (stray !== undefined)
    throw optionError({
      option: '--report',
      message: `Expected --report FORMAT=PATH, got ${stray}: stdout carries a line for each pass.`,
      hint: `For example --report ${stray}=run.${stray}.`,
    });
  const report = readList(flags, 'report').filter((each) => each.includes('='));
  const own = Object.fromEntries(OUTPUTS.map((name) => [name, flags[name]]));
  const plan = planOutput({ ...own, report }, env);
  const state = readText(flags, 'state');
  const files = [...plannedFiles(plan), ...(state === undefined ? [] : [{ flag: '--state', path: state }])];
  refuseSharedFiles(files);
  const inputs = filesOfUrls([config.sourceUrl, config.targetUrl], env);
  refuseInputsAsOutputs(files, path === null ? inputs : [path, ...inputs]);
  return plan;
}

/** What is known of a pass must mean the same rows when the next process reads it. */
function refuseClock(config: RunConfig): void {
  const table = findClockCondition(config);
  if (table === null) return;
  throw optionError({
    option: '--where',
    message: `Expected a condition on ${table} that means the same rows at any time, got one that asks for the time.`,
    hint: 'A watch looks at the same rows again: write the time as a value, or leave the condition out.',
  });
}
