import { type ChunkTask, type ComparedChunk, isSparse, nextChunkRows } from '../core/chunk.js';
import type { KeySpan } from '../core/coverage.js';
import { countKeys } from '../core/packed-keys.js';
import type { TableState } from '../state/table-state.js';
import { openChecksumWalk, type Turn } from './checksum-walk.js';
import { drawLevelOf } from './draw-level.js';
import { endPart } from './end-part.js';
import { FailingStretch } from './failing-stretch.js';
import type { LaneChunk } from './lane-sample.js';
import { leaves } from './leave-table.js';
import { holdRange } from './look-at-rows-again.js';
import { firstChunkRows } from './pacing.js';
import { SegmentEnd } from './segment-end.js';
import { commitRows, runWithRetries, type TableRun } from './table-run.js';
import type { SegmentWork } from './table-work.js';

const CHUNK_BYTES = 64 << 20;
/** More than advice looks at of a table. */
const FIRST_ROWS = 1000;

/** Walks a segment chunk by chunk to its end. */
export async function walkSegment(run: TableRun, item: SegmentWork): Promise<void> {
  const { work, segment } = item;
  const { table } = work;
  const { pair } = table.planned;
  if (pair === null) return;
  let after = segment.after;
  const segmentEnd = new SegmentEnd(run, item, pair);
  const { pacing } = run;
  let capRows = run.chunkRows ?? work.chunkRows ?? firstChunkRows(pacing, pair.source.estimatedRowBytes);
  const checksums = openChecksumWalk(run, item);
  const failing = new FailingStretch(run, { table, segment: segment.ordinal }, pair);
  let turn: Turn | null = null;
  while (!run.signal.aborted) {
    if (await leaves(run, table)) return endSegment(run, item);
    turn ??= (await checksums?.advance(after)) ?? { kind: 'read', upTo: segmentEnd.upTo, isLast: true };
    if (run.signal.aborted) break;
    if (turn.kind === 'proved') {
      await failing.passed(capRows);
      await acceptChunk(run, item, { ...turn, range: { after, upTo: turn.chunk.end ?? segmentEnd.upTo } });
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
      keeps: keysKept(run),
      drawLevel: drawLevelOf(run, table),
    };
    const place = { table, segment: segment.ordinal };
    const result = await run.lanes.during(() => runWithRetries(run, place, task));
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
      run.lanes.note(described(table, result));
      if (!isNear) capRows = run.chunkRows ?? nextChunkRows({ ...result, capRows }, pacing);
      work.chunkRows = capRows;
      end = result.end;
    }
    if (end === null && turn.isLast) return endSegment(run, item);
    after = end ?? turn.upTo;
    turn = null;
    await segmentEnd.giveAway(after);
  }
}

/** A chunk whose rows are read and compared again takes longer than one that is equal. */
function described({ name }: TableState, chunk: ComparedChunk): LaneChunk {
  const { kind, sourceRows, wireBytes, elapsedMs } = chunk;
  return { table: `${kind} ${name}`, rows: sourceRows, bytes: wireBytes, elapsedMs };
}

/** Ends a segment that was walked to its end. */
export function endSegment(run: TableRun, { work, segment }: SegmentWork): Promise<void> {
  return endPart(run, work, segment.ordinal);
}

export interface AcceptedChunk {
  readonly kind: Turn['kind'];
  readonly chunk: ComparedChunk;
  readonly range: KeySpan;
}

/** A range with rows that differ may be held back, to be looked at again; all others are committed at once. */
export async function acceptChunk(
  run: TableRun,
  { work, segment }: SegmentWork,
  accepted: AcceptedChunk,
): Promise<void> {
  const { kind, chunk, range } = accepted;
  const hasher = kind === 'proved' ? 'server' : 'client';
  const { sourceRows, targetRows, counts, changedColumns, undecidedColumns } = chunk;
  const { unfound, explained, differingKeys } = chunk;
  const rows = { sourceRows, targetRows, counts, changedColumns, undecidedColumns };
  const place = { table: work.table, segment: segment.ordinal };
  const most = Math.max(...Object.values(undecidedColumns), 0);
  const doubtful = counts.missing + counts.extra + counts.changed + most;
  if (doubtful > 0 && differingKeys !== null && (await run.looks?.mustHold(work.table)) === true) {
    await run.spool.rollback(work.table.planned.id, segment.ordinal);
    const keys = { keys: differingKeys, count: countKeys(differingKeys) };
    return holdRange(run, { work, part: work.begin(), range, hasher, rows, unfound, ...keys, chunks: 1 });
  }
  const isListed = run.keepsKeys && isSparse(doubtful, Math.max(sourceRows, targetRows));
  const keys = isListed ? differingKeys : null;
  const encoding = isFirst(accepted) ? { onceEncoded: true as const } : {};
  return commitRows(run, place, { range, hasher, rows, unfound, explained, keys, ...encoding });
}

/** Whether a chunk has all of the first rows that advice looks at, and nothing for it to say. */
function isFirst({ chunk, range }: AcceptedChunk): boolean {
  return (
    chunk.onceEncoded === true &&
    range.after === null &&
    (range.upTo === null || Math.min(chunk.sourceRows, chunk.targetRows) >= FIRST_ROWS)
  );
}

function keysKept({ looks, keepsKeys }: TableRun): ChunkTask['keeps'] {
  if (looks !== null) return 'keys';
  return keepsKeys ? 'few-keys' : 'no-keys';
}
