import { createHash, randomBytes } from 'node:crypto';
import type { RunConfig } from '../config/run-config.js';
import type { ComparisonFacts } from '../core/comparison-facts.js';
import { RowproofError } from '../core/errors.js';
import { stringifyExact } from '../core/exact-json.js';
import type { Side } from '../core/pairing.js';
import type { PlannedShares } from '../core/share.js';
import { planSegments } from '../plan/planner.js';
import type { TableState } from '../state/table-state.js';
import { withoutPasswords } from './asked-config.js';
import { findClockCondition } from './clock-condition.js';
import type { OpenSide } from './open-side.js';
import { type Piece, sharePieces } from './share-pieces.js';

/** Pieces of a table for each part, so that parts come out alike although rows lie unevenly. */
const PIECES_PER_PART = 4;
/** Below this many rows a piece of its own is not worth planning, unless the user has rows read in smaller tasks. */
const LEAST_PIECE_ROWS = 10_000;
/** What a table is taken for whose rows nobody has counted. */
const UNKNOWN_ROWS = 1000;

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
  const content = {
    nonce: randomBytes(8).toString('hex'),
    asked: { config: withoutPasswords(config) },
    facts,
    parts,
  };
  return { id: digestShares(content), ...content };
}

/** The digest by which the parts of a plan know each other. */
export function digestShares({ nonce, asked, facts, parts }: Omit<PlannedShares, 'id'>): string {
  return createHash('sha256')
    .update(stringifyExact({ nonce, asked, facts, parts }))
    .digest('hex')
    .slice(0, 32);
}

async function cutTables({ config, sides, tables, parts }: DivisionRequest): Promise<Piece[]> {
  const minSegmentRows = Math.min(LEAST_PIECE_ROWS, config.chunkRows ?? LEAST_PIECE_ROWS);
  const wanted = { wantedSegments: parts * PIECES_PER_PART, minSegmentRows };
  const pieces: Piece[] = [];
  for (const { planned, name, mode } of tables) {
    const { id, pair, source } = planned;
    const table = { id, name };
    const rows = source?.estimatedRows ?? UNKNOWN_ROWS;
    if (pair?.strategy !== 'range' || mode !== 'full') {
      pieces.push({ table, range: null, rows: pair === null || mode === 'count' ? 1 : rows });
      continue;
    }
    const segments = await planSegments({ ...sides.source, pair, ...wanted });
    for (const { after, upTo, rows: estimate } of segments)
      pieces.push({ table, range: { after, upTo }, rows: estimate ?? rows / segments.length });
  }
  return pieces;
}
