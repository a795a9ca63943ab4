import {
  type ChunkResult,
  type ChunkTask,
  type ComparedChunk,
  type ComparedDifferences,
  type DifferenceCounts,
  isSparse,
  mostSparse,
  NONE_UNFOUND,
  ROWS_A_LOOKUP,
} from '../core/chunk.js';
import { readKeyParts } from '../core/encoding/key-bytes.js';
import type { Side, TablePair } from '../core/pairing.js';
import { findDifferingRows } from '../hashing/row-index.js';
import { planRereads } from './plan-rereads.js';
import { readChunkSide, type SideRead } from './read-chunk-side.js';
import { rereadDifferingRows } from './reread.js';
import { meanTheSame, type TableSide } from './table-side.js';
import {
  type ChunkChannel,
  describeChunkFailure,
  onBothSides,
  tableSide,
  type WorkerContext,
} from './worker-context.js';

const SIDES = ['source', 'target'] as const;
const LIMITED_ROWS_A_LOOKUP = 2;
/** Rows of a chunk with equal values in unequal bytes, each read twice for nothing, before bytes are made canonical. */
const MOST_RESPELLED = { rows: 100, share: 0.1 };

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
      ...(reads.source.isOnceEncoded === true && { onceEncoded: true }),
    };
  } catch (failure) {
    return describeChunkFailure(failure);
  }
}

async function readBothSides(
  task: ChunkTask,
  pair: TablePair,
  context: WorkerContext,
  channel: ChunkChannel,
): Promise<Record<Side, SideRead>> {
  const sessions = await onBothSides(pair, context, (side) => context.sessions.session(side));
  channel.reportSessions(sessions);
  const sides = await onBothSides(pair, context, (side) => tableSide(pair, side, context));
  const { hash } = context.hasher;
  const asSent = hashesAsSent(context, sides);
  return onBothSides(pair, context, (side) =>
    readChunkSide(task, {
      ...{ pair, prepared: sides[side], index: context.indexes[side], session: sessions[side] },
      hasher: { hash, kernel: context.kernels[side], asSent },
    }),
  );
}

/** Whether rows can be hashed as they were sent, which spares making them canonical: where both sides mean the same by it. */
function hashesAsSent({ prepared }: WorkerContext, { source, target }: Record<Side, TableSide>): boolean {
  if (prepared === null) return false;
  prepared.asSent ??= meanTheSame({ source, target });
  return prepared.asSent;
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

/** Of so many rows that differ the keys are kept. */
const MOST_KEYS: Readonly<Record<ChunkTask['keeps'], (rows: number) => number>> = {
  keys: () => Number.POSITIVE_INFINITY,
  'few-keys': mostSparse,
  'no-keys': () => 0,
};

const NOTHING: DifferenceCounts = { missing: 0, extra: 0, changed: 0, inFlight: 0 };

async function compareSides(
  task: ChunkTask,
  pair: TablePair,
  context: WorkerContext,
  channel: ChunkChannel,
): Promise<Pick<ComparedChunk, 'kind' | keyof ComparedDifferences>> {
  const { after, keeps, drawLevel } = task;
  const { source, target } = context.indexes;
  const rows = Math.max(source.count, target.count);
  if (source.equals(target)) {
    return {
      kind: 'match',
      counts: NOTHING,
      changedColumns: {},
      undecidedColumns: {},
      unfound: NONE_UNFOUND,
      explained: null,
      differingKeys: null,
    };
  }
  const differing = findDifferingRows(source, target);
  const sides = {
    source: await tableSide(pair, 'source', context),
    target: await tableSide(pair, 'target', context),
  };
  const {
    respelled,
    present: _,
    ...compared
  } = await rereadDifferingRows({
    pair,
    sides,
    kernels: context.kernels,
    memory: context.memory,
    asSent: context.prepared?.asSent === true,
    readKept: null,
    mostKeys: MOST_KEYS[keeps](rows),
    kept: { level: drawLevel, hash: context.constantHash },
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
  const most = Math.min(MOST_RESPELLED.rows, MOST_RESPELLED.share * source.count);
  if (respelled > most && context.prepared !== null) context.prepared.asSent = false;
  const { counts, undecidedColumns } = compared;
  const found = counts.missing + counts.extra + counts.changed;
  const isMatch = found === 0 && Object.keys(undecidedColumns).length === 0;
  const doubtful = found + Math.max(0, ...Object.values(undecidedColumns));
  const isListed = keeps === 'keys' || isSparse(doubtful, rows);
  const differingKeys = isListed ? compared.differingKeys : null;
  return { ...compared, kind: isMatch ? 'match' : 'mismatch', differingKeys };
}

/** How many rows may be read to save looking one up: a lookup costs about as much, but a limit on rows or bytes does not count it so. */
function rowsPerLookup({ sessions }: WorkerContext): number {
  const { maxRowsPerSecond, maxBytesPerSecond } = sessions.load.cells.limits;
  return maxRowsPerSecond === null && maxBytesPerSecond === null ? ROWS_A_LOOKUP : LIMITED_ROWS_A_LOOKUP;
}
