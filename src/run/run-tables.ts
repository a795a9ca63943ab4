import { type ChunkTask, type ComparedChunk, nextChunkRows } from '../core/chunk.js';
import type { KeySpan } from '../core/coverage.js';
import { openChecksumWalk, type Turn } from './checksum-walk.js';
import { compareByBuckets } from './compare-by-buckets.js';
import { FailingStretch } from './failing-stretch.js';
import { type LookAgainWork, lookAtRowsAgain } from './look-at-rows-again.js';
import { firstChunkRows } from './pacing.js';
import { pullOldest, readWhole } from './pull-oldest.js';
import { endSegments, pullTables, type SegmentWork } from './pull-tables.js';
import { commitRows, runWithRetries, type TableRun } from './table-run.js';

const CHUNK_BYTES = 64 << 20;

/**
 * Verifies all tables: as many segments at a time as there are workers, each walked chunk by chunk. Segments are pulled,
 * so the first is read before the second table is planned.
 */
export async function runTables(request: TableRun): Promise<void> {
  const failure = new AbortController();
  const run = { ...request, signal: AbortSignal.any([request.signal, failure.signal]) };
  const work = run.ages === null ? pullTables(run) : pullOldest(run, run.ages);
  const lane = async (): Promise<void> => {
    for await (const item of { [Symbol.asyncIterator]: () => ({ next: () => work.next() }) }) {
      if (item.segment === null)
        await (run.ages === null ? compareByBuckets(run, item.table) : readWhole(run, item.table));
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
