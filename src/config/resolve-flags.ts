import { availableParallelism } from 'node:os';
import type { LoadLimits } from '../core/load-limits.js';
import type { Side } from '../core/pairing.js';
import type { ModeChoice } from '../core/verdict.js';
import { readDatabaseUrl, URL_FORMS } from './database-url.js';
import { readFence } from './fence-flags.js';
import { RUN_OPTIONS } from './options/options.js';
import { optionError, type RawFlags, readList, readSwitch, readText } from './raw-flags.js';
import { readChoice, readCount, readNumber, readQuantity, readRatio } from './read-option.js';
import { readRelaxedColumns, readSwappedColumns, readTimeZone } from './rule-flags.js';
import type { RunConfig } from './run-config.js';
import { readColumnPatterns, readConditions, readKeys, readMappings } from './table-flags.js';

/**
 * Turns flags into the one config that everything else reads, or throws a `usage` error that says which flag is wrong.
 *
 * No message repeats a URL: it may hold a password.
 */
export function resolveFlags(flags: RawFlags): RunConfig {
  return {
    sourceUrl: readUrl(flags, 'source'),
    targetUrl: readUrl(flags, 'target'),
    tables: readList(flags, 'tables'),
    exclude: readList(flags, 'exclude'),
    map: readMappings(flags),
    matchNames: readChoice(flags, RUN_OPTIONS.matchNames),
    columns: readColumnPatterns(flags, 'columns'),
    ignoreColumns: readColumnPatterns(flags, 'ignore-columns'),
    where: readConditions(flags, 'where'),
    targetWhere: readConditions(flags, 'targetWhere'),
    keys: readKeys(flags),
    columnMap: new Map(),
    relax: readRelaxedColumns(flags),
    uuidSwap: readSwappedColumns(flags),
    sourceTimezone: readTimeZone(flags, 'source'),
    targetTimezone: readTimeZone(flags, 'target'),
    ...readMode(flags),
    tableSettings: [],
    tableModes: new Map(),
    minRows: readNumber(flags, RUN_OPTIONS.minRows),
    tableMinRows: new Map(),
    ...readWorkers(flags),
    chunkRows: readNumber(flags, RUN_OPTIONS.chunkRows),
    chunkTimeMs: readQuantity(flags, RUN_OPTIONS.chunkTime),
    maxDifferences: readNumber(flags, RUN_OPTIONS.maxDifferences),
    maxRuntimeMs: readQuantity(flags, RUN_OPTIONS.maxRuntime),
    waitForServerMs: readQuantity(flags, RUN_OPTIONS.waitForServer),
    limits: readLoadLimits(flags),
    recheckForMs: readQuantity(flags, RUN_OPTIONS.recheckFor),
    ...readSnapshot(flags),
    maxLagMs: readQuantity(flags, RUN_OPTIONS.maxLag),
    maxLagWaitMs: readQuantity(flags, RUN_OPTIONS.maxLagWait),
    ...readFence(flags),
    checksumOn: readChoice(flags, RUN_OPTIONS.checksumOn),
    seed: readCount(flags, RUN_OPTIONS.seed),
    canary: readSwitch(flags, 'canary'),
    ...readHiding(flags),
  };
}

/** Without a number, a run finds out itself how many of the most it needs. */
function readWorkers(flags: RawFlags): Pick<RunConfig, 'workers' | 'fixesWorkers'> {
  const asked = readNumber(flags, RUN_OPTIONS.workers);
  return { workers: asked ?? defaultWorkers(), fixesWorkers: asked !== null };
}

/** More workers than this need to be asked for: each is a session on both servers. */
function defaultWorkers(): number {
  return Math.max(1, Math.min(4, availableParallelism()));
}

function readUrl(flags: RawFlags, side: Side): string {
  const text = readText(flags, side);
  if (text !== undefined) return readDatabaseUrl(text, side);
  throw optionError({
    option: `--${side}`,
    message: `Expected --${side} URL, got none.`,
    hint: `Give the ${side} as a URL that starts with ${URL_FORMS}.`,
  });
}

/** What a run may ask of the servers; nothing limits it unless a flag does. */
function readLoadLimits(flags: RawFlags): LoadLimits {
  return {
    maxRowsPerSecond: readNumber(flags, RUN_OPTIONS.maxRowsPerSecond),
    maxBytesPerSecond: readQuantity(flags, RUN_OPTIONS.maxBytesPerSecond),
    maxLoad: readNumber(flags, RUN_OPTIONS.maxLoad),
  };
}

/** The mode and its ratio. A spot check of everything is a full one. */
function readMode(flags: RawFlags): ModeChoice {
  const mode = readChoice(flags, RUN_OPTIONS.mode);
  if (mode !== 'spot') {
    if (readText(flags, 'ratio') === undefined) return { mode, ratio: 1 };
    throw optionError({
      option: '--ratio',
      message: 'Expected --ratio only where the mode of the run is spot.',
      hint: 'Add --mode spot, or leave --ratio out. For single tables it stands beside their mode, in tableSettings.',
    });
  }
  const ratio = readRatio(flags, RUN_OPTIONS.ratio);
  return ratio === 1 ? { mode: 'full', ratio } : { mode, ratio };
}

/** What is shown of rows. */
function readHiding(flags: RawFlags): Pick<RunConfig, 'showValues' | 'showColumns' | 'hashKeys' | 'keyFile'> {
  const showValues = readShowValues(flags);
  const showColumns = readColumnPatterns(flags, 'show-columns');
  if (showValues && showColumns.length > 0) {
    throw optionError({
      option: '--show-columns',
      message: 'Expected --show-columns with --hide-values only.',
      hint: 'It names columns whose values are shown although others are hidden: add --hide-values, or leave it out.',
    });
  }
  const hashKeys = readSwitch(flags, 'hash-keys');
  return { showValues, showColumns, hashKeys, keyFile: readText(flags, 'key-file') ?? null };
}

/** Whether values of rows are shown. */
export function readShowValues(flags: RawFlags): boolean {
  const show = readSwitch(flags, 'show-values');
  const hide = readSwitch(flags, 'hide-values');
  if (show && hide) {
    throw optionError({
      option: '--show-values',
      message: 'Expected --show-values or --hide-values, got both.',
      hint: 'Leave one of them out.',
    });
  }
  return !hide;
}

type SnapshotConfig = Pick<RunConfig, 'snapshot' | 'snapshotLock' | 'pauseReplicaMs' | 'maxSnapshotAgeMs'>;

/** How long snapshots are held, and what may be locked for them; refused without any. */
function readSnapshot(flags: RawFlags): SnapshotConfig {
  const snapshot = readSwitch(flags, 'snapshot');
  const alone = ['snapshot-lock', 'pause-replica', 'max-snapshot-age'].find(
    (flag) => readText(flags, flag) !== undefined,
  );
  if (!snapshot && alone !== undefined) {
    throw optionError({
      option: `--${alone}`,
      message: `Expected --${alone} together with --snapshot, got it alone.`,
      hint: 'Add --snapshot, which reads each side as of one instant, or leave it out.',
    });
  }
  const isLocking = readText(flags, 'snapshot-lock') !== undefined;
  const choice = { ...RUN_OPTIONS.snapshotLock, default: 'tables' } as const;
  return {
    snapshot,
    snapshotLock: isLocking ? readChoice(flags, choice) : null,
    pauseReplicaMs: readQuantity(flags, RUN_OPTIONS.pauseReplica),
    maxSnapshotAgeMs: readQuantity(flags, RUN_OPTIONS.maxSnapshotAge),
  };
}

/**
 * Throws a `usage` error for what needs rows to be compared, where they are only counted: a snapshot, since each table is counted by a
 * statement of its own; a canary, since no value is read; a number of differing rows, since a count names none.
 */
export function refuseWhereCounted(config: RunConfig): void {
  const modes = [config.mode, ...[...config.tableModes.values()].map((own) => own.mode)];
  if (modes.some((mode) => mode !== 'count')) return;
  const option = NEEDING_ROWS.find(({ isAsked }) => isAsked(config))?.option;
  if (option === undefined) return;
  throw optionError({
    option,
    message: `Expected ${option} with a mode that compares rows, got mode count.`,
    hint: `Use mode full or spot, or leave ${option} out.`,
  });
}

const NEEDING_ROWS: readonly {
  readonly option: string;
  readonly isAsked: (config: RunConfig) => boolean;
}[] = [
  { option: '--snapshot', isAsked: ({ snapshot }) => snapshot },
  { option: '--canary', isAsked: ({ canary }) => canary },
  { option: '--max-differences', isAsked: ({ maxDifferences }) => maxDifferences !== null },
];
