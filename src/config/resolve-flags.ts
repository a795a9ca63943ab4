import { availableParallelism } from 'node:os';
import { CHECKSUM_PLACES, type ChecksumPlace } from '../core/checksum-place.js';
import type { Side } from '../core/pairing.js';
import type { Mode, ModeChoice } from '../core/verdict.js';
import { readDatabaseUrl, URL_FORMS } from './database-url.js';
import { readChunkTime, readLoadLimits } from './load-flags.js';
import { type RawFlags, readList, readSwitch, readText, readWholeNumber, usageError } from './raw-flags.js';
import { readRelaxedColumns, readSwappedColumns, readTimeZone } from './rule-flags.js';
import { MATCH_NAMES, type MatchNames, type RunConfig } from './run-config.js';
import { readColumnPatterns, readConditions, readKeys, readMappings } from './table-flags.js';

export const MOST_WORKERS = 64n;
export const MOST_CHUNK_ROWS = 10_000_000n;
export const MOST_MIN_ROWS = 1_000_000_000_000n;
export const MOST_SEED = 2n ** 64n - 1n;

/**
 * Turns flags into the one config that everything else reads, or throws a `usage` error that says which flag is wrong.
 *
 * No message repeats a URL: it may hold a password.
 */
export function resolveFlags(flags: RawFlags): RunConfig {
  const chunkRows = readWholeNumber(flags, { name: 'chunk-rows', least: 1n, most: MOST_CHUNK_ROWS });
  const minRows = readWholeNumber(flags, { name: 'min-rows', least: 1n, most: MOST_MIN_ROWS });
  const workers = readWholeNumber(flags, { name: 'workers', least: 1n, most: MOST_WORKERS });
  return {
    sourceUrl: readUrl(flags, 'source'),
    targetUrl: readUrl(flags, 'target'),
    tables: readList(flags, 'tables'),
    exclude: readList(flags, 'exclude'),
    map: readMappings(flags),
    matchNames: readMatchNames(flags),
    columns: readColumnPatterns(flags, 'columns'),
    ignoreColumns: readColumnPatterns(flags, 'ignore-columns'),
    where: readConditions(flags, 'where'),
    targetWhere: readConditions(flags, 'target-where'),
    keys: readKeys(flags),
    columnMap: new Map(),
    relax: readRelaxedColumns(flags),
    uuidSwap: readSwappedColumns(flags),
    sourceTimezone: readTimeZone(flags, 'source'),
    targetTimezone: readTimeZone(flags, 'target'),
    ...readMode(flags),
    tableSettings: [],
    tableModes: new Map(),
    minRows: minRows === undefined ? null : Number(minRows),
    tableMinRows: new Map(),
    workers: workers === undefined ? defaultWorkers() : Number(workers),
    chunkRows: chunkRows === undefined ? null : Number(chunkRows),
    chunkTimeMs: readChunkTime(flags),
    limits: readLoadLimits(flags),
    checksumOn: readChecksumPlace(flags),
    seed: readWholeNumber(flags, { name: 'seed', least: 0n, most: MOST_SEED }) ?? null,
    showValues: readShowValues(flags),
  };
}

/** More workers than this need to be asked for: each is a session on both servers. */
function defaultWorkers(): number {
  return Math.max(1, Math.min(4, availableParallelism()));
}

function readUrl(flags: RawFlags, side: Side): string {
  const text = readText(flags, side);
  if (text !== undefined) return readDatabaseUrl(text, side);
  throw usageError(
    `Expected --${side} URL, got none.`,
    `Give the ${side} as a URL that starts with ${URL_FORMS}.`,
  );
}

function readMatchNames(flags: RawFlags): MatchNames {
  const text = readText(flags, 'match-names') ?? 'exact';
  const found = MATCH_NAMES.find((each) => each === text);
  if (found === undefined) {
    throw usageError(
      `Expected --match-names to be one of ${MATCH_NAMES.join(', ')}, got ${text}.`,
      'snake-case pairs AlbumId with album_id.',
    );
  }
  return found;
}

/** Hashing rows costs a server more than sending them, so it is not asked to unless the user wants it. */
const DEFAULT_CHECKSUM_PLACE: ChecksumPlace = 'client';

function readChecksumPlace(flags: RawFlags): ChecksumPlace {
  const text = readText(flags, 'checksum-on') ?? DEFAULT_CHECKSUM_PLACE;
  const place = CHECKSUM_PLACES.find((each) => each === text);
  if (place !== undefined) return place;
  throw usageError(
    `Expected --checksum-on to be one of ${CHECKSUM_PLACES.join(', ')}, got ${text}.`,
    'client reads all rows, server lets both servers hash them where they can, auto takes what is faster.',
  );
}

export const MODES = ['full', 'spot', 'count'] as const satisfies readonly Mode[];

export const DEFAULT_RATIO = '10%';

/** The mode and its ratio. A spot check of everything is a full one. */
function readMode(flags: RawFlags): ModeChoice {
  const text = readText(flags, 'mode') ?? 'full';
  const mode = MODES.find((each) => each === text);
  if (mode === undefined) {
    throw usageError(
      `Expected --mode to be one of ${MODES.join(', ')}, got ${text}.`,
      'full reads every row, spot a share of them, count only counts.',
    );
  }
  const ratioText = readText(flags, 'ratio');
  if (mode !== 'spot') {
    if (ratioText === undefined) return { mode, ratio: 1 };
    throw usageError('Expected --ratio only with --mode spot.', 'Add --mode spot, or leave --ratio out.');
  }
  const ratio = readRatio(ratioText ?? DEFAULT_RATIO);
  return ratio === 1 ? { mode: 'full', ratio } : { mode, ratio };
}

/** Reads `5%` or `0.05` as a share above 0 and up to 1; null where it is neither. */
export function parseRatio(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text);
  const ratio = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  return ratio > 0 && ratio <= 1 ? ratio : null;
}

function readRatio(text: string): number {
  const ratio = parseRatio(text);
  if (ratio !== null) return ratio;
  throw usageError(
    `Expected --ratio to be a share of the rows such as 10% or 0.1, got ${text}.`,
    'It goes from above 0 to 100%.',
  );
}

/** Whether values of rows are shown. */
export function readShowValues(flags: RawFlags): boolean {
  const show = readSwitch(flags, 'show-values');
  const hide = readSwitch(flags, 'hide-values');
  if (show && hide) {
    throw usageError('Expected --show-values or --hide-values, got both.', 'Leave one of them out.');
  }
  return !hide;
}
