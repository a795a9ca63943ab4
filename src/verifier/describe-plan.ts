import { comparedColumns, qualifiedName, type Side, type TablePair } from '../core/pairing.js';
import type { TablePlan } from '../core/plan.js';
import type { Mode } from '../core/verdict.js';
import type { Engine, Session } from '../engines/engine.js';
import type { RunChecksums } from './checksum-plan.js';
import { openKeyReader } from './key-reader.js';
import { planSegments, segmentSize, WHOLE } from './planner.js';
import type { ComparisonScope } from './selection.js';
import type { PlannedTable } from './table-pairing.js';

export interface PlanRequest {
  readonly mode: Mode;
  readonly workers: number;
  readonly scope: ComparisonScope;
  readonly sides: Readonly<Record<Side, { readonly engine: Engine; readonly session: Session }>>;
  /** The cap on the rows of a chunk that the printed statements show. */
  readonly chunkRows: number;
  readonly checksums: RunChecksums | null;
}

/** Says what would be done to a table. Of its rows only the first and the last key are looked at. */
export async function describeTable(planned: PlannedTable, request: PlanRequest): Promise<TablePlan> {
  const { source, target, pair, columns, findings } = planned;
  const counted = request.mode === 'count' && source !== null && target !== null;
  const canonical = new Map(
    (pair === null ? [] : comparedColumns(pair)).map((column) => [column.source.name, column.canonical]),
  );
  return {
    source: source === null ? null : qualifiedName(source),
    target: target === null ? null : qualifiedName(target),
    mode: request.mode,
    strategy: counted ? 'count' : (pair?.strategy ?? null),
    key: (pair?.key ?? []).map((column) => ({
      source: column.source.name,
      target: column.target.name,
      order: pair?.strategy === 'range' ? column.keyKind : null,
    })),
    checksum: counted || pair === null ? null : describeChecksum(pair, request),
    unwalkable: counted ? null : (pair?.unwalkable ?? null),
    estimatedRows: source?.estimatedRows ?? null,
    segments: isCut(pair, request) ? await countSegments(pair, request) : 1,
    columns: columns.map((column) => ({ ...column, canonical: canonical.get(column.source) ?? null })),
    sql: counted ? countSql(planned, request) : pair === null ? null : await chunkSql(pair, request),
    findings,
  };
}

function describeChecksum(pair: TablePair, { checksums }: PlanRequest): TablePlan['checksum'] {
  const reason = checksums?.obstacles.get(pair.id) ?? null;
  return { on: checksums === null || reason !== null ? 'client' : checksums.place, reason };
}

function isCut(pair: TablePair | null, { mode }: PlanRequest): pair is TablePair {
  return pair !== null && pair.strategy === 'range' && mode === 'full';
}

/** A run goes on in one piece where the server does not say how its keys lie, and so does its description. */
async function countSegments(pair: TablePair, { sides, workers }: PlanRequest): Promise<number> {
  const segments = await planSegments({ ...sides.source, pair, ...segmentSize(workers) }).catch(() => [
    WHOLE,
  ]);
  return segments.length;
}

/**
 * The statements of the chunk after the first key, or of the first chunk of an empty table; of a table that is read as
 * a whole, the one statement.
 */
async function chunkSql(pair: TablePair, { sides, chunkRows }: PlanRequest): Promise<TablePlan['sql']> {
  const isWalked = pair.strategy === 'range';
  const readKey = isWalked ? await openKeyReader({ ...sides.source, pair }) : null;
  const first = await readKey?.({ limit: 1 });
  const build = (side: Side): string =>
    sides[side].engine.dialect.buildSelect({
      table: pair[side],
      columns: comparedColumns(pair).map((column) => column[side]),
      key: isWalked ? pair.key.map((column) => column[side]) : [],
      where: side === 'source' ? pair.sourceWhere : pair.targetWhere,
      range: { after: first?.parts ?? null, upTo: null },
      limit: isWalked ? chunkRows : null,
      offset: 0,
      descending: false,
    });
  return { source: build('source'), target: build('target') };
}

function countSql({ source, target }: PlannedTable, { sides, scope }: PlanRequest): TablePlan['sql'] {
  if (source === null || target === null) return null;
  const where = scope.sourceWhere(source.name);
  return {
    source: sides.source.engine.dialect.buildCount(source, where),
    target: sides.target.engine.dialect.buildCount(target, scope.targetWhere(source.name) ?? where),
  };
}
