import { createHash } from 'node:crypto';
import type { RunConfig } from '../config/run-config.js';
import type { ComparisonFacts } from '../core/comparison-facts.js';
import { addSpan, type KeySpan } from '../core/coverage.js';
import { RowproofError } from '../core/errors.js';
import { stringifyExact } from '../core/exact-json.js';
import type { Side } from '../core/pairing.js';
import type { PlannedShares, TableShare } from '../core/share.js';
import { planSegments } from '../plan/planner.js';
import type { TableState } from '../state/table-state.js';
import { withoutPasswords } from './asked-config.js';
import { findClockCondition } from './clock-condition.js';
import type { OpenSide } from './open-side.js';

/** Pieces of a table for each part, so that parts come out alike although rows lie unevenly. */
const PIECES_PER_PART = 4;
/** Below this many rows a piece of its own is not worth planning. */
const LEAST_PIECE_ROWS = 10_000;
/** What a table is taken for whose rows nobody has counted. */
const UNKNOWN_ROWS = 1000;

/** A piece of work, with about how many rows it reads. */
interface Piece {
  readonly table: TableState;
  /** Null for all of a table. */
  readonly range: KeySpan | null;
  readonly rows: number;
}

interface DivisionRequest {
  readonly config: RunConfig;
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly tables: readonly TableState[];
  readonly facts: ComparisonFacts;
  readonly parts: number;
}

/**
 * Divides a run into parts of about as many rows each. A table that is walked may be cut into key ranges; one that is not, of which
 * a sample is drawn, or whose rows are counted is in one part. Throws a `usage` error for a run that means other rows in each part.
 */
export async function divideRun(request: DivisionRequest): Promise<PlannedShares> {
  const { config, facts, parts: count } = request;
  const clock = findClockCondition(config);
  if (clock !== null) {
    throw new RowproofError({
      code: 'usage',
      message: `The run cannot be divided: the condition on ${clock} means other rows at another time.`,
      hint: 'Write a fixed time in the condition.',
    });
  }
  const pieces = await cutTables(request);
  const parts = sharePieces(pieces, count);
  const content = { asked: { config: withoutPasswords(config) }, facts, parts };
  return { id: digestShares(content), ...content };
}

/** The digest by which the parts of a plan know each other. */
export function digestShares({ asked, facts, parts }: Omit<PlannedShares, 'id'>): string {
  return createHash('sha256').update(stringifyExact({ asked, facts, parts })).digest('hex').slice(0, 32);
}

async function cutTables({ sides, tables, parts }: DivisionRequest): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const table of tables) {
    const { pair, source } = table.planned;
    const rows = source?.estimatedRows ?? UNKNOWN_ROWS;
    if (pair?.strategy !== 'range' || table.mode !== 'full') {
      pieces.push({ table, range: null, rows: pair === null || table.mode === 'count' ? 1 : rows });
      continue;
    }
    const wanted = { wantedSegments: parts * PIECES_PER_PART, minSegmentRows: LEAST_PIECE_ROWS };
    const segments = await planSegments({ ...sides.source, pair, ...wanted });
    for (const { after, upTo, rows: estimate } of segments)
      pieces.push({ table, range: { after, upTo }, rows: estimate ?? rows / segments.length });
  }
  return pieces;
}

/** Cuts the row of pieces where a part has its share, so that a part has few ranges. */
function sharePieces(pieces: readonly Piece[], count: number): TableShare[][] {
  const parts = Array.from({ length: count }, (): TableShare[] => []);
  const total = pieces.reduce((sum, { rows }) => sum + Math.max(1, rows), 0);
  let passed = 0;
  for (const { table, range, rows } of pieces) {
    const middle = passed + Math.max(1, rows) / 2;
    passed += Math.max(1, rows);
    addPiece(parts[Math.min(count - 1, Math.floor((middle / total) * count))] ?? [], table, range);
  }
  return parts;
}

function addPiece(part: TableShare[], { planned: { id }, name }: TableState, range: KeySpan | null): void {
  const last = part.at(-1);
  if (range === null || last?.id !== id || last.ranges === null) {
    part.push({ id, name, ranges: range === null ? null : [range] });
    return;
  }
  part[part.length - 1] = { ...last, ranges: addSpan(last.ranges, range) };
}
