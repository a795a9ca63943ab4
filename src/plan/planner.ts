import { type KeySpan, WHOLE_SPAN } from '../core/coverage.js';
import type { KeyPart } from '../core/encoding/key-bytes.js';
import { fromOrdinal, toOrdinal } from '../core/key-space.js';
import type { Engine } from '../engines/engine.js';
import { type KeySource, keySelection, openKeyReader } from './key-reader.js';

/** A coarse key range of a table pair: one worker walks it chunk by chunk. Null bounds are open. */
export interface Segment {
  readonly ordinal: number;
  readonly after: readonly KeyPart[] | null;
  readonly upTo: readonly KeyPart[] | null;
}

/** A segment, and about how many rows are in it; null where the server has no idea. */
export interface SizedSegment extends Segment {
  readonly rows: number | null;
}

export interface PlanningRequest extends KeySource {
  readonly engine: Engine;
  readonly wantedSegments: number;
  readonly minSegmentRows: number;
  /** The keys that are cut into segments; all of the table where nothing is said. */
  readonly within?: KeySpan;
}

/** Below this many rows a segment of its own is not worth planning. */
const MIN_SEGMENT_ROWS = 50_000;
/** Enough for a worker whose segment is done early to take another one, where nobody gives it a part of theirs. */
const SEGMENTS_PER_WORKER = 8;

/** Into how many pieces keys are cut. */
type SegmentSize = Pick<PlanningRequest, 'wantedSegments' | 'minSegmentRows'>;

/** A piece for each of so many who are without work, where whoever is done early is given a part of another one's. */
export function sharedSegmentSize(workers: number): SegmentSize {
  return { wantedSegments: workers, minSegmentRows: MIN_SEGMENT_ROWS };
}

/** Into how many pieces a table is cut for a number of workers who share nothing later; one worker alone shares nothing at all. */
export function segmentSize(workers: number): SegmentSize {
  return sharedSegmentSize(workers === 1 ? 1 : workers * SEGMENTS_PER_WORKER);
}

/** All keys of a table. */
export const WHOLE: SizedSegment = { ordinal: 0, after: null, upTo: null, rows: null };

interface Piece {
  readonly low: bigint;
  readonly high: bigint;
  /** Null where the server has no idea; such a piece is not cut. */
  readonly rows: number | null;
}

/**
 * Cuts a big table, or a range of its keys, into segments, so that workers can share it: the piece with the most rows is halved at the middle of
 * its key values until there are enough pieces. How many rows a piece has is the optimizer's guess, which costs two
 * looks into the index; no row is counted, and nothing rests on the guess but how evenly the work is shared.
 */
export async function planSegments(request: PlanningRequest): Promise<readonly SizedSegment[]> {
  const { pair, engine, wantedSegments, minSegmentRows, within = WHOLE_SPAN } = request;
  const estimate = pair.source.estimatedRows;
  const whole = [{ ...WHOLE, ...within }];
  if (engine.can.estimate !== true || wantedSegments < 2) return whole;
  if (estimate !== null && estimate < 2 * minSegmentRows) return whole;
  const edges = await readEdges(request, within);
  if (edges === null) return whole;
  const pieces = await choosePieces(request, edges);
  const parts = pieces
    .slice(1)
    .map(({ low }) => fromOrdinal(low, edges.like))
    .filter((part) => part !== null);
  return Array.from({ length: parts.length + 1 }, (_, ordinal) => {
    const [after, upTo] = [parts[ordinal - 1], parts[ordinal]];
    return {
      ordinal,
      after: after === undefined ? within.after : [after],
      upTo: upTo === undefined ? within.upTo : [upTo],
      rows: pieces[ordinal]?.rows ?? null,
    };
  });
}

interface Edges {
  readonly low: bigint;
  readonly high: bigint;
  /** A value of the leading key column, for the kind of the others. */
  readonly like: KeyPart;
}

async function readEdges(request: PlanningRequest, range: KeySpan): Promise<Edges | null> {
  const reader = await openKeyReader(request);
  const first = (await reader({ limit: 1, range }))?.parts[0] ?? null;
  const last = (await reader({ limit: 1, range, descending: true }))?.parts[0] ?? null;
  const low = first === null ? null : toOrdinal(first);
  const high = last === null ? null : toOrdinal(last);
  return first === null || low === null || high === null || high <= low ? null : { low, high, like: first };
}

/** The pieces into which the keys are cut, in their order. */
async function choosePieces(request: PlanningRequest, { low, high, like }: Edges): Promise<readonly Piece[]> {
  const { wantedSegments, minSegmentRows } = request;
  const estimate = (from: bigint, to: bigint): Promise<number | null> =>
    estimateRows(request, { from, to, like });
  const pieces: Piece[] = [{ low, high, rows: await estimate(low, high) }];
  while (pieces.length < wantedSegments) {
    pieces.sort((one, other) => (other.rows ?? -1) - (one.rows ?? -1));
    const [largest] = pieces;
    if (largest?.rows == null || largest.rows < 2 * minSegmentRows || largest.high - largest.low < 2n) break;
    const middle = (largest.low + largest.high) / 2n;
    const [left, right] = [await estimate(largest.low, middle), await estimate(middle, largest.high)];
    pieces.splice(
      0,
      1,
      { low: largest.low, high: middle, rows: left },
      { low: middle, high: largest.high, rows: right },
    );
  }
  return pieces.toSorted((one, other) => (one.low < other.low ? -1 : 1));
}

async function estimateRows(
  { pair, session }: PlanningRequest,
  { from, to, like }: { from: bigint; to: bigint; like: KeyPart },
): Promise<number | null> {
  const [after, upTo] = [fromOrdinal(from, like), fromOrdinal(to, like)];
  const range = { after: after === null ? null : [after], upTo: upTo === null ? null : [upTo] };
  return session.ask('estimate', { ...keySelection(pair), range });
}
