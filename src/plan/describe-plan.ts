import { serializeError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { LoadLimits } from '../core/load-limits.js';
import { comparedColumns, qualifiedName, type Side, type TablePair } from '../core/pairing.js';
import type { TablePlan } from '../core/plan.js';
import { believableRows, estimateSeconds, type TableSize } from '../core/plan-estimate.js';
import type { Mode } from '../core/verdict.js';

import type { Engine } from '../engines/engine.js';
import type { KeyRange } from '../engines/row-selection.js';
import { selectRows } from '../engines/select-rows.js';
import type { Session } from '../engines/session.js';

import type { StoredBytes } from '../engines/stored-bytes.js';

import { withKeyAdvice } from './advise-key.js';
import type { RunChecksums } from './checksum-plan.js';
import { openKeyReader } from './key-reader.js';
import { planSegments, segmentSize, sharedSegmentSize, WHOLE } from './planner.js';
import type { ComparisonScope } from './selection.js';
import { expectedShare } from './spot-planner.js';
import type { PlannedTable } from './table-pairing.js';

export interface PlanRequest {
  readonly mode: Mode;
  /** The share of rows that is read. */
  readonly ratio: number;
  readonly limits: LoadLimits;
  /** The bytes of each table of a side, by name. */
  readonly sizes: Readonly<Record<Side, ReadonlyMap<string, StoredBytes>>>;
  readonly workers: number;
  readonly scope: ComparisonScope;
  readonly sides: Readonly<Record<Side, { readonly engine: Engine; readonly session: Session }>>;
  /** The cap on the rows of a chunk that the printed statements show. */
  readonly chunkRows: number;
  readonly checksums: RunChecksums | null;
}

/** Says what would be done to a table. Of its rows only the first and the last key are looked at. */
export async function describeTable(
  planned: PlannedTable,
  request: PlanRequest,
): Promise<Omit<TablePlan, 'fence'>> {
  const { source, target, pair, columns } = planned;
  const counted = request.mode === 'count' && source !== null && target !== null;
  const canonical = new Map(
    (pair === null ? [] : comparedColumns(pair)).map((column) => [column.source.name, column.canonical]),
  );
  const sql = counted ? countSql(planned, request) : pair === null ? null : await chunkSql(pair, request);
  const size = sizeOf(planned, request);
  return {
    source: source === null ? null : qualifiedName(source),
    target: target === null ? null : qualifiedName(target),
    mode: request.mode,
    ratio: request.ratio,
    strategy: counted ? 'count' : (pair?.strategy ?? null),
    key: (pair?.key ?? []).map((column) => ({
      source: column.source.name,
      target: column.target.name,
      order: pair?.strategy === 'range' ? column.keyKind : null,
    })),
    checksum: counted || pair === null ? null : describeChecksum(pair, request),
    unwalkable: counted ? null : (pair?.unwalkable ?? null),
    estimatedRows: size.rows.source,
    isEmpty: {
      source: sql === null || sql.isEmpty || size.bytes.source === 0,
      target: sql === null || size.bytes.target === 0,
    },
    estimatedBytes: size.bytes,
    isAtLeast: size.isCompressed,
    estimatedSeconds:
      counted || pair !== null
        ? estimateSeconds({ ...size, ...request, ratio: readShare(size, request) })
        : null,
    segments: isCut(pair, request) ? await countSegments(pair, request) : 1,
    columns: columns.map((column) => ({ ...column, canonical: canonical.get(column.source) ?? null })),
    sql: sql === null ? null : { source: sql.source, target: sql.target },
    findings: [...planned.findings, ...(sql?.findings ?? [])],
  };
}

/** What both servers say of a table's size. */
export function sizeOf({ source, target }: PlannedTable, { sizes }: Pick<PlanRequest, 'sizes'>): TableSize {
  const tables = { source, target };
  const storedOf = (side: Side): StoredBytes | undefined => sizes[side].get(tables[side]?.name ?? '');
  const stored = { source: storedOf('source'), target: storedOf('target') };
  const bytes = { source: stored.source?.bytes ?? null, target: stored.target?.bytes ?? null };
  const rowsOf = (side: Side): number | null =>
    believableRows(tables[side]?.estimatedRows ?? null, bytes[side]);
  return {
    rows: { source: rowsOf('source'), target: rowsOf('target') },
    bytes,
    isCompressed: {
      source: stored.source?.isCompressed ?? false,
      target: stored.target?.isCompressed ?? false,
    },
  };
}

/** The share of a table's rows that would be read: of a sample more than was asked for, and of a small table all. */
export function readShare({ rows }: TableSize, { mode, ratio }: Pick<PlanRequest, 'mode' | 'ratio'>): number {
  const most = Math.max(rows.source ?? 0, rows.target ?? 0);
  return mode === 'spot' && most > 0 ? expectedShare(most, ratio) : ratio;
}

interface PlannedSql {
  readonly source: string;
  readonly target: string;
  readonly findings: readonly Finding[];
  /** Whether the source was asked for its first row and has none that would be read. */
  readonly isEmpty: boolean;
}

function describeChecksum(pair: TablePair, { checksums }: PlanRequest): TablePlan['checksum'] {
  const reason = checksums?.obstacles.get(pair.id) ?? null;
  return { on: checksums === null || reason !== null ? 'client' : checksums.place, reason };
}

function isCut(pair: TablePair | null, { mode }: PlanRequest): pair is TablePair {
  return pair !== null && pair.strategy === 'range' && mode === 'full';
}

/** A run goes on in one piece where the server does not say how its keys lie, and so does its description. */
async function countSegments(pair: TablePair, { sides, workers, checksums }: PlanRequest): Promise<number> {
  // What fails on the server is in the log; the plan then says one segment.
  const size = checksums === null ? sharedSegmentSize(workers) : segmentSize(workers);
  const segments = await planSegments({ ...sides.source, pair, ...size }).catch(() => [WHOLE]);
  return segments.length;
}

/**
 * The statements of the chunk after the first key, or of the first chunk of an empty table; of a table that is read as
 * a whole, the one statement.
 */
async function chunkSql(pair: TablePair, { sides, chunkRows }: PlanRequest): Promise<PlannedSql> {
  const isWalked = pair.strategy === 'range';
  const first = isWalked ? await readFirstKey(pair, sides.source) : UNASKED;
  const build = (side: Side): string =>
    sides[side].engine.describe({
      ...selectRows(pair, side, comparedColumns(pair)),
      ...(isWalked ? { range: { after: first.after, upTo: null }, limit: chunkRows } : { key: [] }),
    });
  const { findings, isEmpty } = first;
  return { source: build('source'), target: build('target'), findings, isEmpty };
}

interface FirstKey extends Pick<PlannedSql, 'findings' | 'isEmpty'> {
  readonly after: KeyRange['after'];
}

/** Of a table that is read as a whole no row is looked at. */
const UNASKED: FirstKey = { after: null, findings: [], isEmpty: false };

/** A first key that has no place in the order is one that the run, too, would not get past. */
async function readFirstKey(pair: TablePair, source: PlanRequest['sides']['source']): Promise<FirstKey> {
  try {
    const readKey = await openKeyReader({ ...source, pair });
    const first = await readKey({ limit: 1 });
    return { after: first?.parts ?? null, findings: [], isEmpty: first === null };
  } catch (thrown) {
    const error = serializeError(thrown);
    if (error.code !== 'key-order') throw thrown;
    const message = `Cannot read ${qualifiedName(pair.source)} on the source: ${error.message}`;
    const { hint } = withKeyAdvice({ kind: 'unverified', error, transient: false }, pair).error;
    const about = { table: qualifiedName(pair.source), side: 'source', detail: error.message } as const;
    return { after: null, findings: [{ code: 'chunk-unverified', about, message, hint }], isEmpty: false };
  }
}

function countSql({ source, target }: PlannedTable, { sides, scope }: PlanRequest): PlannedSql | null {
  if (source === null || target === null) return null;
  const where = scope.where(source.name);
  return {
    source: sides.source.engine.describeCount({ table: source, where: where.source }),
    target: sides.target.engine.describeCount({
      table: target,
      where: where.target,
    }),
    findings: [],
    isEmpty: false,
  };
}
