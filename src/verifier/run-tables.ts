import {
  type ChunkResult,
  type ChunkTask,
  type ComparedChunk,
  nextChunkRows,
  type Pacing,
} from '../core/chunk.js';
import { RowproofError, serializeError } from '../core/errors.js';
import type { RunListener } from '../core/event.js';
import type { TablePair } from '../core/pairing.js';
import type { WorkerPool } from '../worker/pool.js';
import { type PlanningRequest, planSegments, type Segment, segmentSize } from './planner.js';
import type { Spool } from './spool.js';
import { describeShare, drawSegments, type SpotRequest } from './spot-planner.js';
import type { TableProgress } from './table-progress.js';

/** Rows of a first chunk whose row size is unknown, and the least worth a task. */
const FIRST_CHUNK_ROWS = 10_000;
const CHUNK_BYTES = 64 << 20;
const DEFAULT_PACING: Pacing = { targetMs: 500, minRows: 10, maxRows: 50_000, maxBytes: 16 << 20 };
const RETRY_DELAYS_MS = [250, 1000, 4000];

export interface TableRun {
  readonly tables: readonly TableProgress[];
  readonly pool: WorkerPool;
  readonly spool: Spool;
  /** The source's engine and a session on it, for planning. */
  readonly planning: Pick<PlanningRequest, 'engine' | 'session'>;
  /** What share of each table to draw, or null to read all of it. */
  readonly spot: Pick<SpotRequest, 'ratio' | 'hash'> | null;
  readonly workers: number;
  /** The user's cap on rows, or null to follow the time a chunk takes. */
  readonly chunkRows: number | null;
  readonly onEvent: RunListener;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

interface SegmentWork {
  readonly table: TableProgress;
  readonly segment: Segment;
}

/**
 * Verifies all tables: as many segments at a time as there are workers, each walked chunk by chunk. Segments are pulled,
 * so the first is read before the second table is planned.
 */
export async function runTables(run: TableRun): Promise<void> {
  const work = pullSegments(run);
  const lane = async (): Promise<void> => {
    for await (const item of { [Symbol.asyncIterator]: () => ({ next: () => work.next() }) }) {
      await walkSegment(run, item);
    }
  };
  await Promise.all(Array.from({ length: run.workers }, lane));
}

async function* pullSegments(run: TableRun): AsyncGenerator<SegmentWork> {
  for (const table of run.tables) {
    const { pair } = table.planned;
    if (run.signal.aborted) return;
    if (pair === null) {
      table.isPlanned = true;
      endTable(run, table);
      continue;
    }
    table.start(run.now());
    run.onEvent({ type: 'table:start', table: table.name, estimatedRows: pair.source.estimatedRows });
    for await (const segment of segmentsOf(run, table, pair)) {
      table.segments++;
      table.openSegments++;
      yield { table, segment };
      if (run.signal.aborted) return;
    }
    table.isPlanned = true;
    if (table.isDone) endTable(run, table);
  }
}

async function* segmentsOf(run: TableRun, table: TableProgress, pair: TablePair): AsyncGenerator<Segment> {
  const source = { ...run.planning, pair };
  if (run.spot === null) {
    yield* await planOrWhole({
      ...source,
      ...segmentSize(run.workers),
    });
    return;
  }
  try {
    const share = yield* drawSegments({ ...source, ...run.spot });
    table.spotShare = share;
  } catch (error) {
    const { message, hint } = serializeError(error);
    table.addFinding({
      code: 'chunk-unverified',
      message: `Cannot draw a sample of ${table.name}: ${message}`,
      hint,
    });
  }
}

/** A plan only shares work out, so a failed one costs speed and nothing else; the read itself will say what is wrong. */
async function planOrWhole(request: PlanningRequest): Promise<readonly Segment[]> {
  try {
    return await planSegments(request);
  } catch {
    return [{ ordinal: 0, after: null, upTo: null }];
  }
}

async function walkSegment(run: TableRun, work: SegmentWork): Promise<void> {
  const { table, segment } = work;
  const { pair } = table.planned;
  let after = segment.after;
  let capRows = firstChunkRows(run, pair?.source.estimatedRowBytes ?? null);
  while (pair !== null && !run.signal.aborted) {
    const task: ChunkTask = { pairId: pair.id, after, upTo: segment.upTo, capRows, capBytes: CHUNK_BYTES };
    const result = await verifyWithRetries(run, work, task);
    if (run.signal.aborted) break;
    if (result.kind === 'unverified') {
      table.addUnverified(result);
      run.onEvent({ type: 'chunk:unverified', table: table.name, error: result.error });
      return endSegment(run, work);
    }
    acceptChunk(run, work, result);
    if (result.end === null) return endSegment(run, work);
    after = result.end;
    capRows = run.chunkRows ?? nextChunkRows({ ...result, capRows }, DEFAULT_PACING);
  }
}

/** Notes that a segment was walked to its end, or that the rest of it is unverified: never that it was interrupted. */
async function endSegment(run: TableRun, { table, segment }: SegmentWork): Promise<void> {
  await run.spool.seal(table.planned.id, segment.ordinal);
  table.openSegments--;
  if (table.isDone) endTable(run, table);
}

function firstChunkRows(run: TableRun, rowBytes: number | null): number {
  if (run.chunkRows !== null) return run.chunkRows;
  const byBytes =
    rowBytes === null || rowBytes === 0 ? FIRST_CHUNK_ROWS : Math.floor(DEFAULT_PACING.maxBytes / rowBytes);
  return Math.max(DEFAULT_PACING.minRows, Math.min(FIRST_CHUNK_ROWS, byBytes));
}

/** Tries a chunk again after a transient error; what it had put in the spool is forgotten first. */
async function verifyWithRetries(
  run: TableRun,
  { table, segment }: SegmentWork,
  task: ChunkTask,
): Promise<ChunkResult> {
  const id = table.planned.id;
  for (let attempt = 0; ; attempt++) {
    const result = await verifyOnce(run, { table, segment }, task);
    if (result.kind !== 'unverified') return result;
    await run.spool.rollback(id, segment.ordinal);
    const delayMs = RETRY_DELAYS_MS[attempt];
    if (!result.transient || delayMs === undefined || run.signal.aborted) return result;
    run.onEvent({ type: 'chunk:retry', table: table.name, error: result.error, attempt: attempt + 1 });
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}

async function verifyOnce(
  run: TableRun,
  { table, segment }: SegmentWork,
  task: ChunkTask,
): Promise<ChunkResult> {
  let spoolError: unknown = null;
  const store = async (lines: Uint8Array): Promise<void> => {
    try {
      await run.spool.append(table.planned.id, segment.ordinal, lines);
    } catch (error) {
      spoolError = error;
      throw error;
    }
  };
  const result = await run.pool.verify(task, store).catch((error: unknown): ChunkResult => {
    return { kind: 'unverified', error: serializeError(error), transient: false };
  });
  if (spoolError === null) return result;
  const error = new RowproofError({
    code: 'output',
    message: `Cannot keep the differences of ${table.name}: ${spoolError instanceof Error ? spoolError.message : spoolError}`,
    hint: 'Make room in the folder for temporary files, or name another one with TMPDIR.',
    cause: spoolError,
  });
  return { kind: 'unverified', error: serializeError(error), transient: false };
}

function acceptChunk(run: TableRun, { table, segment }: SegmentWork, chunk: ComparedChunk): void {
  run.spool.commit(table.planned.id, segment.ordinal);
  table.addChunk(chunk);
  const { sourceRows, targetRows, counts } = chunk;
  const type = chunk.kind === 'match' ? 'chunk:verified' : 'chunk:differs';
  run.onEvent({ type, table: table.name, sourceRows, targetRows });
  for (const kind of ['missing', 'extra', 'changed'] as const) {
    if (counts[kind] > 0) run.onEvent({ type: 'row:differs', table: table.name, kind, count: counts[kind] });
  }
}

function endTable(run: TableRun, table: TableProgress): void {
  if (table.spotShare !== null) table.addFinding(describeShare(table.spotShare, table.differences));
  table.end(run.now());
  run.onEvent({ type: 'table:end', table: table.name, verdict: table.toResult([]).verdict });
}
