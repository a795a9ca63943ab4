import { readDatabaseUrl } from '../config/database-url.js';
import { RUN_OPTIONS } from '../config/options/options.js';
import { optionError, type RawFlags, readSwitch, readText } from '../config/raw-flags.js';
import { readNumber, readQuantity } from '../config/read-option.js';
import type { RunConfig } from '../config/run-config.js';
import type { Share } from '../core/share.js';
import type { CliIo } from './cli-io.js';
import type { Settings } from './read-settings.js';

/** What a Kubernetes Job calls its first pod: 0. */
const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
/** What may be said beside a plan, which says all else. */
const ALLOWED = new Set([
  ...[
    'plan',
    'part',
    'output',
    'source',
    'target',
    'workers',
    'journal',
    'no-journal',
    'max-runtime',
    'same-data',
  ],
  ...['max-rows-per-second', 'max-bytes-per-second', 'max-load', 'chunk-rows', 'chunk-time'],
  ...[
    'report',
    'differences',
    'repair',
    'log',
    'quiet',
    'no-color',
    'show-values',
    'hide-values',
    'no-config',
  ],
]);

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
  const stray = Object.entries(flags).find(([name, value]) => value !== undefined && !ALLOWED.has(name));
  if (stray !== undefined) {
    throw optionError({
      option: `--${stray[0]}`,
      message: `Expected --plan or --${stray[0]}, got both.`,
      hint: 'What a part compares stands in its plan: say it to rowproof plan --parts.',
    });
  }
  // Loaded late: few runs are parts.
  const { readPlannedShares } = await import('../app/read-planned-shares.js');
  const plan = readPlannedShares(path);
  const part = readPart(flags, io.env, plan.parts.length);
  const { config } = plan.asked as { readonly config: RunConfig };
  const output = readText(flags, 'output') ?? `part-${part}.json`;
  const settings = {
    config: withFlags(config, flags),
    flags: { ...flags, output },
    path: null,
    explain: (error: unknown) => error,
  };
  return { settings, share: { plan, part } };
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
  const [source, target] = [readText(flags, 'source'), readText(flags, 'target')];
  const { limits } = config;
  return {
    ...config,
    sourceUrl: source === undefined ? config.sourceUrl : readDatabaseUrl(source, 'source'),
    targetUrl: target === undefined ? config.targetUrl : readDatabaseUrl(target, 'target'),
    workers: readNumber(flags, RUN_OPTIONS.workers) ?? config.workers,
    chunkRows: readNumber(flags, RUN_OPTIONS.chunkRows) ?? config.chunkRows,
    chunkTimeMs: readQuantity(flags, RUN_OPTIONS.chunkTime) ?? config.chunkTimeMs,
    // What a plan hides no part shows.
    showValues: config.showValues && !readSwitch(flags, 'hide-values'),
    maxRuntimeMs: readQuantity(flags, RUN_OPTIONS.maxRuntime) ?? config.maxRuntimeMs,
    limits: {
      maxRowsPerSecond: readNumber(flags, RUN_OPTIONS.maxRowsPerSecond) ?? limits.maxRowsPerSecond,
      maxBytesPerSecond: readQuantity(flags, RUN_OPTIONS.maxBytesPerSecond) ?? limits.maxBytesPerSecond,
      maxLoad: readNumber(flags, RUN_OPTIONS.maxLoad) ?? limits.maxLoad,
    },
  };
}
