import { RUN_OPTIONS } from '../config/options/options.js';
import { optionError, type RawFlags, readSwitch, readText } from '../config/raw-flags.js';
import { readNumber } from '../config/read-option.js';
import type { RunConfig } from '../config/run-config.js';
import type { Share } from '../core/share.js';
import type { CliIo } from './cli-io.js';
import type { Settings } from './read-settings.js';
import { OUTPUT_FLAGS, PACE_FLAGS, refuseBeside, saidAgain, settingsOf } from './said-again.js';

/** What a Kubernetes Job calls its first pod: 0. */
const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
/** What may be said beside a plan, which says all else. */
const ALLOWED = [
  ...['plan', 'part', 'output', 'source', 'target', 'journal', 'no-journal', 'max-runtime'],
  ...['max-differences', 'same-data', 'no-config', 'chunk-rows'],
  ...PACE_FLAGS,
  ...['waivers', 'key-file'],
  ...OUTPUT_FLAGS,
];

/** The part of a plan that a command line asks for. */
export interface PartSettings {
  readonly settings: Settings;
  readonly share: Share;
}

/** Reads what a part of a plan is to compare: all of it comes from the plan, but for passwords, speed and outputs. */
export async function readPartSettings(flags: RawFlags, io: Pick<CliIo, 'env'>): Promise<PartSettings> {
  const path = readText(flags, 'plan');
  if (path === undefined) {
    throw optionError({
      option: '--part',
      message: 'Expected --plan PATH with --part, got none.',
      hint: 'There are no parts without a plan: make one with rowproof plan --parts N --output PATH.',
    });
  }
  refuseBeside('--plan', flags, {
    allowed: ALLOWED,
    hint: 'What a part compares stands in its plan: say it to rowproof plan --parts.',
  });
  // Loaded late: few runs are parts.
  const { readPlannedShares } = await import('../app/read-planned-shares.js');
  const plan = readPlannedShares(path);
  const part = readPart(flags, io.env, plan.parts.length);
  const { config } = plan.asked as { readonly config: RunConfig };
  const output = readText(flags, 'output') ?? `part-${part}.json`;
  return { settings: settingsOf(withFlags(config, flags), { ...flags, output }), share: { plan, part } };
}

function readPart(flags: RawFlags, env: CliIo['env'], count: number): number {
  const index = env[INDEX_VARIABLE] ?? '';
  const named = readNumber(flags, RUN_OPTIONS.part);
  const part = named ?? (/^\d{1,6}$/.test(index) ? Number(index) + 1 : null);
  if (part !== null && part <= count) return part;
  throw optionError({
    option: '--part',
    message: `Expected --part from 1 to ${count}, as the plan has parts, got ${part ?? 'none'}.`,
    hint: `Each part is read once; ${INDEX_VARIABLE} 0 is part 1.`,
  });
}

function withFlags(config: RunConfig, flags: RawFlags): RunConfig {
  return {
    ...saidAgain(config, flags),
    maxDifferences: readNumber(flags, RUN_OPTIONS.maxDifferences) ?? config.maxDifferences,
    chunkRows: readNumber(flags, RUN_OPTIONS.chunkRows) ?? config.chunkRows,
    // What a plan hides no part shows.
    showValues: config.showValues && !readSwitch(flags, 'hide-values'),
  };
}
