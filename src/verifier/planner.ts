import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import { fromOrdinal, toOrdinal } from '../core/key-space.js';
import type { TablePair } from '../core/pairing.js';
import type { Engine, RowSelection, Session } from '../engines/engine.js';
import { RowReader } from '../hashing/row-reader.js';

/** A coarse key range of a table pair: one worker walks it chunk by chunk. Null bounds are open. */
export interface Segment {
  readonly ordinal: number;
  readonly after: readonly KeyPart[] | null;
  readonly upTo: readonly KeyPart[] | null;
}

export interface PlanningRequest {
  readonly pair: TablePair;
  readonly engine: Engine;
  readonly session: Session;
  readonly wantedSegments: number;
  readonly minSegmentRows: number;
}

const WHOLE: readonly Segment[] = [{ ordinal: 0, after: null, upTo: null }];

interface Piece {
  readonly low: bigint;
  readonly high: bigint;
  readonly rows: number;
}

/**
 * Cuts a big table into segments, so that workers can share it: the piece with the most rows is halved at the middle of
 * its key values until there are enough pieces. How many rows a piece has is the optimizer's guess, which costs two
 * looks into the index; no row is counted, and nothing rests on the guess but how evenly the work is shared.
 */
export async function planSegments(request: PlanningRequest): Promise<readonly Segment[]> {
  const { pair, wantedSegments, minSegmentRows } = request;
  const estimate = pair.source.estimatedRows;
  if (wantedSegments < 2 || (estimate !== null && estimate < 2 * minSegmentRows)) return WHOLE;
  const edges = await readEdges(request);
  if (edges === null) return WHOLE;
  const bounds = await chooseBounds(request, edges);
  const parts = bounds.map((bound) => fromOrdinal(bound, edges.like)).filter((part) => part !== null);
  return Array.from({ length: parts.length + 1 }, (_, ordinal) => {
    const [after, upTo] = [parts[ordinal - 1], parts[ordinal]];
    return { ordinal, after: after === undefined ? null : [after], upTo: upTo === undefined ? null : [upTo] };
  });
}

interface Edges {
  readonly low: bigint;
  readonly high: bigint;
  /** A value of the leading key column, for the kind of the others. */
  readonly like: KeyPart;
}

async function readEdges(request: PlanningRequest): Promise<Edges | null> {
  const first = await readEdge(request, false);
  const last = await readEdge(request, true);
  const low = first === null ? null : toOrdinal(first);
  const high = last === null ? null : toOrdinal(last);
  return first === null || low === null || high === null || high <= low ? null : { low, high, like: first };
}

/** Reads the first or the last key of the source: one look into the index. */
async function readEdge(
  { pair, engine, session }: PlanningRequest,
  descending: boolean,
): Promise<KeyPart | null> {
  const columns = pair.key.map((column) => column.source);
  const codec = await engine.compileCodec(
    session,
    pair.key.map((column) => ({ column: column.source, canonical: column.canonical })),
  );
  const reader = new RowReader(
    codec,
    pair.key.map((column) => ({ column: column.source, keyKind: column.keyKind })),
  );
  const keys = new ByteSink();
  const sql = engine.dialect.buildSelect({ ...selectionOf(pair), descending, limit: 1 });
  await session.readRows(sql, columns, (buffer, offset, end) => {
    reader.readKey({ buffer, offset, end }, keys);
    return true;
  });
  const kinds = pair.key.map((column) => column.keyKind);
  return keys.length === 0 ? null : (readKeyParts(kinds, keys.toBuffer())[0] ?? null);
}

function selectionOf(pair: TablePair): RowSelection {
  const key = pair.key.map((column) => column.source);
  return {
    table: pair.source,
    columns: key,
    key,
    where: pair.sourceWhere,
    range: { after: null, upTo: null },
    limit: null,
    descending: false,
  };
}

async function chooseBounds(request: PlanningRequest, { low, high, like }: Edges): Promise<bigint[]> {
  const { wantedSegments, minSegmentRows } = request;
  const estimate = (from: bigint, to: bigint): Promise<number> => estimateRows(request, { from, to, like });
  const pieces: Piece[] = [{ low, high, rows: await estimate(low, high) }];
  while (pieces.length < wantedSegments) {
    pieces.sort((one, other) => other.rows - one.rows);
    const [largest] = pieces;
    if (largest === undefined || largest.rows < 2 * minSegmentRows || largest.high - largest.low < 2n) break;
    const middle = (largest.low + largest.high) / 2n;
    const [left, right] = [await estimate(largest.low, middle), await estimate(middle, largest.high)];
    pieces.splice(
      0,
      1,
      { low: largest.low, high: middle, rows: left },
      { low: middle, high: largest.high, rows: right },
    );
  }
  return pieces
    .map((piece) => piece.low)
    .filter((bound) => bound !== low)
    .sort((one, other) => (one < other ? -1 : 1));
}

async function estimateRows(
  { pair, engine, session }: PlanningRequest,
  { from, to, like }: { from: bigint; to: bigint; like: KeyPart },
): Promise<number> {
  const [after, upTo] = [fromOrdinal(from, like), fromOrdinal(to, like)];
  const range = { after: after === null ? null : [after], upTo: upTo === null ? null : [upTo] };
  const rows = await session.query(engine.dialect.buildEstimate({ ...selectionOf(pair), range }));
  return engine.dialect.readEstimate(rows) ?? 0;
}
