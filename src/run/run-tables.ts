import { type ChunkTask, type ComparedChunk, nextChunkRows } from '../core/chunk.js';
import { intersect, type KeySpan } from '../core/coverage.js';
import { serializeError } from '../core/errors.js';
import type { TablePair } from '../core/pairing.js';
import { type PlanningRequest, planSegments, type Segment, segmentSize, WHOLE } from '../plan/planner.js';
import { drawSegments } from '../plan/spot-planner.js';
import type { OpenRanges } from '../state/open-ranges.js';
import type { TableState } from '../state/table-state.js';
import { openChecksumWalk, type Turn } from './checksum-walk.js';
import { compareByBuckets } from './compare-by-buckets.js';
import { FailingStretch } from './failing-stretch.js';
import { finishTable } from './finish-table.js';
import { batchSpans, type LookAgainWork, lookAtRowsAgain } from './look-at-rows-again.js';
import { noteChecksumObstacle } from './note-checksum.js';
import { firstChunkRows } from './pacing.js';
import { commitRows, endTable, runWithRetries, type TableRun } from './table-run.js';
import { TableWork } from './table-work.js';

const CHUNK_BYTES = 64 << 20;

/** A segment of a table, or a table that is read as a whole. */
type Work =
  | SegmentWork
  | (LookAgainWork & { readonly segment: 'again' })
  | { readonly table: TableState; readonly segment: null };

interface SegmentWork {
  readonly work: TableWork;
  readonly segment: Segment;
}

/**
 * Verifies all tables: as many segments at a time as there are workers, each walked chunk by chunk. Segments are pulled,
 * so the first is read before the second table is planned.
 */
export async function runTables(request: TableRun): Promise<void> {
  const failure = new AbortController();
  const run = { ...request, signal: AbortSignal.any([request.signal, failure.signal]) };
  const work = pullSegments(run);
  const lane = async (): Promise<void> => {
    for await (const item of { [Symbol.asyncIterator]: () => ({ next: () => work.next() }) }) {
      if (item.segment === null) await compareByBuckets(run, item.table);
      else if (item.segment === 'again') await walkAgain(run, item);
      else await walkSegment(run, item);
    }
  };
  const lanes = Array.from({ length: run.workers }, () =>
    lane().catch((error: unknown) => {
      failure.abort(error);
      throw error;
    }),
  );
  // Nothing may go on reading once the caller hears of a failure.
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
}

async function* pullSegments(run: TableRun): AsyncGenerator<Work> {
  for (const table of run.tables) {
    const { pair, source } = table.planned;
    if (run.signal.aborted) return;
    table.record({ kind: 'started', atMs: run.now() });
    const estimatedRows = source?.estimatedRows ?? null;
    await run.emit({ type: 'table:start', table: table.name, estimatedRows });
    const open = run.openOf(table);
    noteChecksumObstacle(run.checksums, table);
    if (pair === null || open.isFinished) {
      if (open.walk !== null) table.record({ kind: 'sampled', share: open.walk.last.share });
      table.record({ kind: 'done' });
      await endTable(run, table);
      continue;
    }
    if (pair.strategy === 'bucket') {
      yield { table, segment: null };
      continue;
    }
    const work = new TableWork(table);
    for (const spans of batchSpans(open.again)) {
      yield { work, part: work.begin(), spans, segment: 'again' };
      if (run.signal.aborted) return;
    }
    for await (const segment of segmentsOf({ run, table, pair, open })) {
      yield { work, segment: { ...segment, ordinal: work.begin() } };
      if (run.signal.aborted) return;
    }
    work.isPlanned = true;
    if (work.isDone) await endSegments(run, table);
  }
}

interface OpenTable {
  readonly run: TableRun;
  readonly table: TableState;
  readonly pair: TablePair;
  readonly open: OpenRanges;
}

async function* segmentsOf(request: OpenTable): AsyncGenerator<KeySpan> {
  const { run, table, pair, open } = request;
  if (table.mode !== 'spot') {
    if (open.ranges.length === 0) return;
    const planned = { ...run.sides.source, pair, ...segmentSize(run.workers) };
    for (const segment of await planOrWhole(table, planned)) yield* intersect(open.ranges, segment);
    return;
  }
  try {
    yield* drawSample(request);
  } catch (error) {
    const { message, hint } = serializeError(error);
    table.addFinding({
      code: 'chunk-unverified',
      about: { table: table.name, side: 'source', detail: message },
      message: `Cannot draw a sample of ${table.name}: ${message}`,
      hint,
    });
  }
}

/** Draws what is left to be drawn; what was drawn stays drawn, also where rows have come since. */
async function* drawSample({ run, table, pair, open: { walk } }: OpenTable): AsyncGenerator<KeySpan> {
  yield* walk?.open ?? [];
  const last = walk?.last;
  if (walk?.isFinished === true || last?.end === null) {
    if (last !== undefined) table.record({ kind: 'sampled', share: last.share });
    return;
  }
  const from = last === undefined ? null : { after: last.range.upTo, bytes: last.end, share: last.share };
  const drawing = drawSegments({
    ...run.sides.source,
    pair,
    from,
    ratio: table.ratio,
    hash: run.spotHash,
  });
  for (let next = await drawing.next(); ; next = await drawing.next()) {
    if (next.done === true) {
      table.record({ kind: 'sampled', share: next.value });
      return;
    }
    const { segment, share, end } = next.value;
    const range = { after: segment.after, upTo: segment.upTo };
    table.record({ kind: 'drawn', range, share, end });
    yield range;
  }
}

/** A plan only shares work out, so one that the server refuses costs speed, and a sentence. */
export async function planOrWhole(
  table: Pick<TableState, 'name' | 'addFinding'>,
  request: PlanningRequest,
): Promise<readonly Segment[]> {
  try {
    return await planSegments(request);
  } catch (error) {
    const { message } = request.engine.classifyError(error);
    table.addFinding({
      code: 'not-split',
      about: { table: table.name, side: 'source', detail: message },
      message: `One worker alone reads ${table.name}, because the source does not say how its keys lie: ${message.replace(/\.$/, '')}.`,
      hint: '',
    });
    return [WHOLE];
  }
}

async function walkSegment(run: TableRun, item: SegmentWork): Promise<void> {
  const { work, segment } = item;
  const { table } = work;
  const { pair } = table.planned;
  if (pair === null) return;
  let after = segment.after;
  const { pacing } = run;
  let capRows = run.chunkRows ?? work.chunkRows ?? firstChunkRows(pacing, pair.source.estimatedRowBytes);
  const checksums = openChecksumWalk(run, item);
  const failing = new FailingStretch(run, { table, segment: segment.ordinal }, pair);
  let turn: Turn | null = null;
  while (!run.signal.aborted) {
    turn ??= (await checksums?.advance(after)) ?? { kind: 'read', upTo: segment.upTo, isLast: true };
    if (run.signal.aborted) break;
    if (turn.kind === 'proved') {
      await failing.passed(capRows);
      await acceptChunk(run, item, { ...turn, range: { after, upTo: turn.chunk.end ?? segment.upTo } });
      if (turn.chunk.end === null) return endSegment(run, item);
      after = turn.chunk.end;
      turn = null;
      continue;
    }
    const task: ChunkTask = {
      kind: 'chunk',
      pairId: pair.id,
      after,
      upTo: turn.upTo,
      capRows: failing.limitRows(checksums?.limitRows(capRows) ?? capRows),
      capBytes: CHUNK_BYTES,
      keepsKeys: run.keepsKeys,
    };
    const result = await runWithRetries(run, { table, segment: segment.ordinal }, task);
    if (run.signal.aborted) break;
    let end: ChunkTask['after'];
    if (result.kind === 'unverified') {
      const next = await failing.next(task, result);
      if (run.signal.aborted) break;
      if (next === 'again') continue;
      if (next === undefined && turn.isLast) return endSegment(run, item);
      end = next ?? null;
      if (end === null) checksums?.passOverRead();
    } else {
      const { isNear } = failing;
      await failing.passed(capRows);
      const range = { after, upTo: result.end ?? turn.upTo };
      await acceptChunk(run, item, { kind: 'read', chunk: result, range });
      checksums?.noteRead(result);
      if (!isNear) capRows = run.chunkRows ?? nextChunkRows({ ...result, capRows }, pacing);
      work.chunkRows = capRows;
      end = result.end;
    }
    if (end === null && turn.isLast) return endSegment(run, item);
    after = end ?? turn.upTo;
    turn = null;
  }
}

/** Notes that a segment was walked to its end, or that the rest of it is unverified: never that it was interrupted. */
async function endSegment(run: TableRun, { work, segment }: SegmentWork): Promise<void> {
  await run.spool.seal(work.table.planned.id, segment.ordinal);
  work.openSegments--;
  if (work.isDone) await endSegments(run, work.table);
}

async function walkAgain(run: TableRun, item: LookAgainWork): Promise<void> {
  const { work, part } = item;
  await lookAtRowsAgain(run, item);
  if (!run.signal.aborted)
    await endSegment(run, { work, segment: { after: null, upTo: null, ordinal: part } });
}

async function endSegments(run: TableRun, table: TableState): Promise<void> {
  table.record({ kind: 'done' });
  await finishTable(run, table);
}

interface AcceptedChunk {
  readonly kind: Turn['kind'];
  readonly chunk: ComparedChunk;
  readonly range: KeySpan;
}

function acceptChunk(
  run: TableRun,
  { work, segment }: SegmentWork,
  { kind, chunk, range }: AcceptedChunk,
): Promise<void> {
  const hasher = kind === 'proved' ? 'server' : 'client';
  const { sourceRows, targetRows, counts, changedColumns, undecidedColumns, unfound, differingKeys } = chunk;
  const rows = { sourceRows, targetRows, counts, changedColumns, undecidedColumns };
  return commitRows(
    run,
    { table: work.table, segment: segment.ordinal },
    {
      range,
      hasher,
      rows,
      unfound,
      keys: differingKeys,
    },
  );
}
