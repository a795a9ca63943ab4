import type { LoadLimits } from './load-limits.js';
import type { Side } from './pairing.js';
import type { Mode } from './verdict.js';

/** From the fast end to the slow one; both are estimates. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Of each side; null where its server does not say. */
export type BySide = Readonly<Record<Side, number | null>>;

/**
 * How fast rows of a side were read and hashed, both sides at once: near the servers, and through a link that held them
 * back. What is slower decides: narrow rows are limited by their number, wide ones by their bytes.
 */
export const READ_RATES = {
  rowsPerSecond: { least: 200_000, most: 2_000_000 },
  bytesPerSecond: { least: 20_000_000, most: 200_000_000 },
} as const satisfies Readonly<Record<string, Range>>;

/** No page of a table is larger: a table of more bytes whose server says that it has no rows has stale statistics. */
const LARGEST_PAGE_BYTES = 65_536;

export interface TableSize {
  readonly rows: BySide;
  /** What is stored. */
  readonly bytes: BySide;
  /** Whether more is sent than is stored, because values are kept compressed. */
  readonly isCompressed: Readonly<Record<Side, boolean>>;
}

export interface TimeRequest extends Pick<TableSize, 'rows' | 'bytes'> {
  readonly mode: Mode;
  /** The share of rows that is read. */
  readonly ratio: number;
  readonly limits: LoadLimits;
}

/** What all tables take that would be read, as far as it is known. */
export interface RunEstimate {
  /** Rows of the source that would be read; null where nothing is known of any table. */
  readonly rows: number | null;
  readonly bytes: BySide;
  readonly seconds: Range | null;
  /** Whether values are kept compressed on a side, so that more bytes are sent and take longer. */
  readonly isAtLeast: Readonly<Record<Side, boolean>>;
  /** Whether a condition leaves out rows that are counted here. */
  readonly isAtMost: boolean;
  /** How many tables that would be read are not in each sum. */
  readonly unknown: { readonly rows: number; readonly bytes: number; readonly seconds: number };
  readonly rates: typeof READ_RATES;
  readonly limits: LoadLimits;
}

export interface EstimatedTable extends TableSize {
  readonly ratio: number;
  readonly seconds: Range | null;
  readonly hasCondition: boolean;
}

/** A number of rows that a server's own statistics make believable; null where they do not. */
export function believableRows(rows: number | null, bytes: number | null): number | null {
  return rows === 0 && bytes !== null && bytes > LARGEST_PAGE_BYTES ? null : rows;
}

/**
 * How long a table takes; null where its size is unknown, and where it is only counted, which each server does in its own
 * way. Both sides are read at once and hold the same rows as a rule, so the larger one decides.
 */
export function estimateSeconds({ rows, bytes, mode, ratio, limits }: TimeRequest): Range | null {
  if (mode === 'count') return null;
  const { maxRowsPerSecond, maxBytesPerSecond } = limits;
  const [ofRows, ofBytes] = [larger(rows), larger(bytes)];
  if (ofRows === null && (ofBytes === null || maxRowsPerSecond !== null)) return null;
  if (ofBytes === null && maxBytesPerSecond !== null) return null;
  const { rowsPerSecond, bytesPerSecond } = READ_RATES;
  const at = (end: keyof Range): number =>
    Math.max(
      ((ofRows ?? 0) * ratio) / Math.min(rowsPerSecond[end], maxRowsPerSecond ?? Infinity),
      ((ofBytes ?? 0) * ratio) / Math.min(bytesPerSecond[end], maxBytesPerSecond ?? Infinity),
    );
  return { least: rounded(at('most')), most: rounded(at('least')) };
}

/** Adds up the tables that would be read: workers share each, one table after the other. */
export function estimateRun(tables: readonly EstimatedTable[], limits: LoadLimits): RunEstimate {
  const ofSide = (size: 'rows' | 'bytes', side: Side): (number | null)[] =>
    tables.map((table) => scaled(table[size][side], table.ratio));
  const rows = ofSide('rows', 'source');
  const bytes = { source: ofSide('bytes', 'source'), target: ofSide('bytes', 'target') };
  const seconds = tables.map((table) => table.seconds);
  const [least, most] = [sumKnown(seconds.map(leastOf)), sumKnown(seconds.map(mostOf))];
  return {
    rows: sumKnown(rows),
    bytes: { source: sumKnown(bytes.source), target: sumKnown(bytes.target) },
    seconds: least === null || most === null ? null : { least: rounded(least), most: rounded(most) },
    isAtLeast: {
      source: tables.some(({ isCompressed }) => isCompressed.source),
      target: tables.some(({ isCompressed }) => isCompressed.target),
    },
    isAtMost: tables.some(({ hasCondition }) => hasCondition),
    unknown: {
      rows: countUnknown(rows),
      bytes: bytes.source.filter((each, i) => each === null || bytes.target[i] === null).length,
      seconds: countUnknown(seconds),
    },
    rates: READ_RATES,
    limits,
  };
}

/** More digits would claim to know more. */
function rounded(seconds: number): number {
  return Number(seconds.toPrecision(3));
}

function leastOf(range: Range | null): number | null {
  return range?.least ?? null;
}

function mostOf(range: Range | null): number | null {
  return range?.most ?? null;
}

function scaled(size: number | null, ratio: number): number | null {
  return size === null ? null : Math.round(size * ratio);
}

function larger({ source, target }: BySide): number | null {
  if (source === null || target === null) return source ?? target;
  return Math.max(source, target);
}

/** Nothing that is known is no sum of 0. */
function sumKnown(sizes: readonly (number | null)[]): number | null {
  const known = sizes.filter((size) => size !== null);
  return known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0);
}

function countUnknown(sizes: readonly unknown[]): number {
  return sizes.filter((size) => size === null).length;
}
