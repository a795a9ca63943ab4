import { describeProved, type EqualTable, type SmallTablesTask } from '../core/chunk.js';
import { WHOLE_SPAN } from '../core/coverage.js';
import { LONG_TABLE_ROWS } from '../core/long-tables.js';
import { runInSlot, type TableRun } from './table-run.js';
import type { SegmentWork, SmallTablesWork } from './table-work.js';
import { acceptChunk, endSegment, walkSegment } from './walk-segment.js';

/** A table that has more rows or bytes than this after all is not read with others. */
const CAP = { capRows: 2 * LONG_TABLE_ROWS, capBytes: 1 << 20 };

/** Compares small tables in one task. Those that were not proved equal by it are walked as all others are. */
export async function walkTogether(run: TableRun, { items }: SmallTablesWork): Promise<void> {
  const equal = await compareTogether(run, items);
  for (const [index, item] of items.entries()) {
    if (run.signal.aborted) return;
    const table = equal[index] ?? null;
    if (table === null) await walkSegment(run, item);
    else await accept(run, item, table);
  }
}

/** What fails, for whichever table, is met again where each is read by itself. */
async function compareTogether(
  run: TableRun,
  items: readonly SegmentWork[],
): Promise<readonly (EqualTable | null)[]> {
  const [first] = items;
  if (first === undefined || items.length === 1) return [];
  const pairIds = items.map(({ work }) => work.table.planned.id);
  const task: SmallTablesTask = { kind: 'small-tables', pairIds, ...CAP };
  const place = { table: first.work.table, segment: first.segment.ordinal };
  const { result } = await runInSlot(run, place, task);
  return result.kind === 'unverified' ? [] : result.tables;
}

async function accept(run: TableRun, item: SegmentWork, { rows, ...encoding }: EqualTable): Promise<void> {
  const chunk = { ...describeProved(rows, { end: null, elapsedMs: 0 }), ...encoding };
  await acceptChunk(run, item, { kind: 'read', chunk, range: WHOLE_SPAN });
  await endSegment(run, item);
}
