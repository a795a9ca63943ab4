import type { UnverifiedChunk } from '../core/chunk.js';
import type { RowDifference } from '../core/difference.js';
import { RowproofError, serializeError } from '../core/errors.js';
import type { Side, TableId, TablePair } from '../core/pairing.js';
import type { SessionHandle } from '../engines/session.js';
import type { LaneKernels } from '../hashing/lane-kernels.js';
import type { RowHash } from '../hashing/row-hash.js';
import type { RowIndex } from '../hashing/row-index.js';
import type { RowHasher } from '../hashing/row-reader.js';
import type { Sessions } from './session-cache.js';
import type { StepMemory } from './step-memory.js';
import { describeReadError, prepareTableSide, type ReadError, type TableSide } from './table-side.js';

const SIDES = ['source', 'target'] as const;

/** What a worker keeps between chunks. */
export interface WorkerContext {
  readonly sessions: Sessions;
  readonly hasher: RowHasher;
  readonly kernels: LaneKernels;
  readonly memory: StepMemory;
  /** A hash that is the same in every run. */
  readonly constantHash: RowHash;
  readonly indexes: Readonly<Record<Side, RowIndex>>;
  /** The sides of the table pair that was read last; most chunks of a worker are of one table. */
  prepared: PreparedPair | null;
}

/** A table pair as a worker reads it. */
interface PreparedPair {
  readonly pairId: TableId;
  readonly sides: Map<Side, TableSide>;
  /** Whether rows are hashed as they were sent; null until both sides are prepared. */
  asSent: boolean | null;
}

/** Where a chunk reports to while it is under way. */
export interface ChunkChannel {
  /** Says which sessions run the statements of the chunk. */
  reportSessions(sessions: Readonly<Partial<Record<Side, SessionHandle>>>): void;
  /** Says how many further rows of a side were read. */
  reportRows(side: Side, rows: number): void;
  /** Resolves once the batch is stored, so that no more than one batch is ever in memory. */
  storeDifferences(rows: readonly RowDifference[]): Promise<void>;
}

/** Prepares a side of a table pair once; most tasks of a worker are of one table. */
export async function tableSide(pair: TablePair, side: Side, context: WorkerContext): Promise<TableSide> {
  if (context.prepared?.pairId !== pair.id) {
    context.prepared = { pairId: pair.id, sides: new Map(), asSent: null };
  }
  const { sides } = context.prepared;
  const known = sides.get(side);
  if (known !== undefined) return known;
  const session = await context.sessions.session(side);
  const prepared = await prepareTableSide(pair, side, { engine: context.sessions.engine(side), session });
  sides.set(side, prepared);
  return prepared;
}

/** Turns what went wrong into the outcome of a chunk: nothing is known of it. */
export function describeChunkFailure(failure: unknown): UnverifiedChunk {
  return failure instanceof ReadFailure
    ? describeReadFailure(failure.read)
    : { kind: 'unverified', error: serializeError(failure), transient: false };
}

/** The outcome of a task that failed in reading one side. */
export function describeReadFailure({ error, ...rest }: ReadError): UnverifiedChunk {
  return { kind: 'unverified', error: serializeError(error), ...rest };
}

/** A failed read of one side, with whether another try may help. */
class ReadFailure extends Error {
  readonly read: ReadError;

  constructor(read: ReadError) {
    super(read.error.message);
    this.read = read;
  }
}

/** Runs a step on one side; where it fails, the sessions of both are closed. */
export async function onOneSide<T>(
  pair: TablePair,
  { sessions }: WorkerContext,
  { side, step }: { readonly side: Side; readonly step: () => Promise<T> },
): Promise<T> {
  const endDeadline = sessions.startDeadline(side);
  try {
    return await step();
  } catch (error) {
    await Promise.all(SIDES.map((each) => sessions.drop(each)));
    throw new ReadFailure(describeReadError(error, pair, { side, engine: sessions.engine(side) }));
  } finally {
    endDeadline();
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
