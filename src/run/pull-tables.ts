import { intersect, type KeySpan } from '../core/coverage.js';
import { serializeError } from '../core/errors.js';
import type { TablePair } from '../core/pairing.js';
import { WHOLE } from '../plan/planner.js';
import { drawSegments } from '../plan/spot-planner.js';
import type { OpenRanges } from '../state/open-ranges.js';
import type { TableState } from '../state/table-state.js';
import { endParts } from './end-part.js';
import { SmallTables } from './group-tables.js';
import { leaves } from './leave-table.js';
import { batchSpans, type LookAgainWork } from './look-at-rows-again.js';
import { noteChecksumObstacle } from './note-checksum.js';
import { planOrWhole, startSize } from './plan-or-whole.js';
import { describeGone, endTable, reportUnverified, type TableRun } from './table-run.js';
import { type SegmentWork, type SmallTablesWork, TableWork } from './table-work.js';

/** A segment of a table, or a table that is read as a whole. */
export type Work =
  | SegmentWork
  | (LookAgainWork & { readonly segment: 'again' })
  | SmallTablesWork
  | { readonly table: TableState; readonly segment: null };

/** Yields the work on all tables, one table after the other, and small ones together. */
export async function* pullTables(run: TableRun): AsyncGenerator<Work> {
  const group = new SmallTables(run);
  for (const table of inOrder(run)) {
    const { pair, source } = table.planned;
    const gone = await describeGone(run, table);
    if (run.signal.aborted) return;
    table.record({ kind: 'started', atMs: run.now() });
    const estimatedRows = source?.estimatedRows ?? null;
    await run.emit({ type: 'table:start', table: table.name, estimatedRows });
    const open = run.openOf(table);
    noteChecksumObstacle(run.checksums, table);
    if (pair === null || open.isFinished) {
      table.record({ kind: 'done' });
      await endTable(run, table);
      continue;
    }
    if (gone !== null) {
      await reportUnverified(run, table, gone);
      table.record({ kind: 'done' });
      await endTable(run, table);
      continue;
    }
    if (pair.strategy === 'bucket') {
      yield { table, segment: null };
      continue;
    }
    const work = new TableWork(table);
    if (group.takes(table)) {
      work.isPlanned = true;
      group.add({ work, segment: { ...WHOLE, ordinal: work.begin() } });
      if (group.isFull) yield group.hand();
      if (run.signal.aborted) return;
      continue;
    }
    for (const spans of batchSpans(open.again)) {
      if (await leaves(run, table)) break;
      yield { work, part: work.begin(), spans, segment: 'again' };
      if (run.signal.aborted) return;
    }
    for await (const segment of segmentsOf({ run, table, pair, open })) {
      if (await leaves(run, table)) break;
      yield { work, segment: { ...segment, ordinal: work.begin() } };
      if (run.signal.aborted) return;
    }
    work.isPlanned = true;
    if (work.isDone) await endParts(run, work);
  }
  if (!group.isEmpty) yield group.hand();
}

/** A table that is read as a whole once more must not keep waiting what was never begun: its pass may be longer than any sitting. */
function inOrder(run: TableRun): readonly TableState[] {
  const isRepeated = (table: TableState): number => Number(run.openOf(table).isRepeated);
  return run.tables.toSorted((one, other) => isRepeated(one) - isRepeated(other));
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
    const planned = { ...run.sides.source, pair, ...startSize(run) };
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
