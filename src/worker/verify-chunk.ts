import type {
  ChunkResult,
  ChunkTask,
  ComparedChunk,
  DifferenceCounts,
  UnverifiedChunk,
} from '../core/chunk.js';
import type { RowDifference } from '../core/difference.js';
import { readKeyParts } from '../core/encoding/key-bytes.js';
import { RowproofError, serializeError } from '../core/errors.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { RowHash } from '../hashing/row-hash.js';
import { findDifferingRows, type RowIndex } from '../hashing/row-index.js';
import type { RowHasher } from '../hashing/row-reader.js';
import { planRereads } from './plan-rereads.js';
import { rereadDifferingRows } from './reread.js';
import type { SessionCache } from './session-cache.js';
import { describeReadError, prepareTableSide, type TableSide } from './table-side.js';

const SIDES = ['source', 'target'] as const;
/** What looking a row up by its key costs, in rows of a range that is read; measured on all engines. */
const ROWS_A_LOOKUP = 8;
const LIMITED_ROWS_A_LOOKUP = 2;

/** What a worker keeps between chunks. */
export interface WorkerContext {
  readonly sessions: SessionCache;
  readonly hasher: RowHasher;
  /** A hash that is the same in every run. */
  readonly constantHash: RowHash;
  readonly indexes: Readonly<Record<Side, RowIndex>>;
  /** The sides of the table pair that was read last; most chunks of a worker are of one table. */
  prepared: { readonly pairId: number; readonly sides: Map<Side, TableSide> } | null;
}

/** Where a chunk reports to while it is under way. */
export interface ChunkChannel {
  reportSessions(ids: Readonly<Partial<Record<Side, string>>>): void;
  /** Says how many further rows of a side were read. */
  reportRows(side: Side, rows: number): void;
  /** Resolves once the batch is stored, so that no more than one batch is ever in memory. */
  storeDifferences(rows: readonly RowDifference[]): Promise<void>;
}

interface SideRead {
  /** True where the side has rows beyond the last one it returned. */
  readonly capped: boolean;
  readonly wireBytes: number;
}

/**
 * Reads one chunk from both sides at once, compares it, and reads the rows that differ again in full.
 *
 * An error on either side makes the whole chunk unverified: what the other side sent proves nothing alone.
 */
export async function verifyChunk(
  task: ChunkTask,
  pair: TablePair,
  context: WorkerContext,
  channel: ChunkChannel,
): Promise<ChunkResult> {
  const { clock } = context.sessions.load;
  const started = clock.now();
  try {
    const reads = await readBothSides(task, pair, context, channel);
    const end = cutAtSharedEnd(pair, context, reads);
    const compared = await compareSides(task, pair, context, channel);
    return {
      ...compared,
      end,
      sourceRows: context.indexes.source.count,
      targetRows: context.indexes.target.count,
      wireBytes: Math.max(reads.source.wireBytes, reads.target.wireBytes),
      elapsedMs: clock.now() - started,
    };
  } catch (failure) {
    return describeChunkFailure(failure);
  }
}

/** Turns what went wrong into the outcome of a chunk: nothing is known of it. */
export function describeChunkFailure(failure: unknown): UnverifiedChunk {
  return failure instanceof ReadFailure
    ? { kind: 'unverified', error: serializeError(failure.error), transient: failure.transient }
    : { kind: 'unverified', error: serializeError(failure), transient: false };
}

/** A failed read of one side, with whether another try may help. */
class ReadFailure extends Error {
  readonly error: RowproofError;
  readonly transient: boolean;

  constructor({ error, transient }: { error: RowproofError; transient: boolean }) {
    super(error.message);
    this.error = error;
    this.transient = transient;
  }
}

/** Runs a step on both sides at once; where one fails, the other is cut off instead of being read to its end. */
export async function onBothSides<T>(
  pair: TablePair,
  { sessions }: WorkerContext,
  step: (side: Side) => Promise<T>,
): Promise<Record<Side, T>> {
  let failure: ReadFailure | null = null;
  const run = async (side: Side): Promise<T> => {
    const endDeadline = sessions.startDeadline(side);
    try {
      return await step(side);
    } catch (error) {
      if (failure === null) {
        failure = new ReadFailure(describeReadError(error, pair, { side, engine: sessions.engine(side) }));
        await Promise.all(SIDES.map((each) => sessions.drop(each)));
      }
      throw failure;
    } finally {
      endDeadline();
    }
  };
  const [source, target] = await Promise.allSettled([run('source'), run('target')]);
  if (source.status === 'fulfilled' && target.status === 'fulfilled') {
    return { source: source.value, target: target.value };
  }
  throw failure ?? new RowproofError({ code: 'internal', message: 'A read failed without an error' });
}

async function readBothSides(
  task: ChunkTask,
  pair: TablePair,
  context: WorkerContext,
  channel: ChunkChannel,
): Promise<Record<Side, SideRead>> {
  const ids = await onBothSides(
    pair,
    context,
    async (side) => (await context.sessions.session(side)).serverSessionId,
  );
  channel.reportSessions(ids);
  return onBothSides(pair, context, async (side) =>
    readSide(task, await tableSide(pair, side, context), context),
  );
}

/** Prepares a side of a table pair once; most tasks of a worker are of one table. */
export async function tableSide(pair: TablePair, side: Side, context: WorkerContext): Promise<TableSide> {
  if (context.prepared?.pairId !== pair.id) context.prepared = { pairId: pair.id, sides: new Map() };
  const { sides } = context.prepared;
  const known = sides.get(side);
  if (known !== undefined) return known;
  const session = await context.sessions.session(side);
  const prepared = await prepareTableSide(pair, side, { engine: context.sessions.engine(side), session });
  sides.set(side, prepared);
  return prepared;
}

async function readSide(task: ChunkTask, prepared: TableSide, context: WorkerContext): Promise<SideRead> {
  const { side, columns, selection, reader, engine } = prepared;
  const index = context.indexes[side];
  index.reset();
  const sql = engine.dialect.buildSelect({ ...selection, range: task, limit: task.capRows });
  let wireBytes = 0;
  let stopped = false;
  const session = await context.sessions.session(side);
  await session.readRows(sql, columns, (buffer, start, end, rows) => {
    reader.indexSpan({ buffer, start, end, rows }, index, context.hasher);
    wireBytes += end - start;
    stopped = wireBytes >= task.capBytes;
    return !stopped;
  });
  return { capped: stopped || index.count >= task.capRows, wireBytes };
}

/**
 * Ends the chunk at the smaller last key of the sides that met a cap and drops what was read beyond, because the other
 * side may not have been read that far. Returns null where neither met a cap: then both were read to the end.
 */
function cutAtSharedEnd(
  pair: TablePair,
  { indexes }: WorkerContext,
  reads: Record<Side, SideRead>,
): ComparedChunk['end'] {
  const ends = SIDES.filter((side) => reads[side].capped).map((side) =>
    indexes[side].keyAt(indexes[side].count - 1),
  );
  const smallest = ends.sort(Buffer.compare)[0];
  if (smallest === undefined) return null;
  const end = Buffer.from(smallest);
  for (const side of SIDES) indexes[side].truncateAfter(end);
  return readKeyParts(
    pair.key.map((column) => column.keyKind),
    end,
  );
}

const NOTHING: DifferenceCounts = { missing: 0, extra: 0, changed: 0, inFlight: 0 };

async function compareSides(
  { after }: ChunkTask,
  pair: TablePair,
  context: WorkerContext,
  channel: ChunkChannel,
): Promise<Pick<ComparedChunk, 'kind' | 'counts' | 'changedColumns' | 'undecidedColumns'>> {
  const { source, target } = context.indexes;
  if (source.equals(target)) {
    return { kind: 'match', counts: NOTHING, changedColumns: {}, undecidedColumns: {} };
  }
  const differing = findDifferingRows(source, target);
  const sides = {
    source: await tableSide(pair, 'source', context),
    target: await tableSide(pair, 'target', context),
  };
  const { counts, changedColumns, undecidedColumns } = await rereadDifferingRows({
    pair,
    sides,
    steps: planRereads({
      differing,
      indexes: context.indexes,
      keyKinds: pair.key.map((column) => column.keyKind),
      after,
      rowsPerLookup: rowsPerLookup(context),
    }),
    readBoth: (read) =>
      onBothSides(pair, context, async (side) => read(side, await context.sessions.session(side))),
    store: (rows) => channel.storeDifferences(rows),
  });
  const found = counts.missing + counts.extra + counts.changed;
  const isMatch = found === 0 && Object.keys(undecidedColumns).length === 0;
  return { kind: isMatch ? 'match' : 'mismatch', counts, changedColumns, undecidedColumns };
}

/** How many rows may be read to save looking one up: a lookup costs about as much, but a limit on rows or bytes does not count it so. */
function rowsPerLookup({ sessions }: WorkerContext): number {
  const { maxRowsPerSecond, maxBytesPerSecond } = sessions.load.cells.limits;
  return maxRowsPerSecond === null && maxBytesPerSecond === null ? ROWS_A_LOOKUP : LIMITED_ROWS_A_LOOKUP;
}
