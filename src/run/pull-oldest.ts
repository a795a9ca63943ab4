import { intersect } from '../core/coverage.js';
import type { TablePair } from '../core/pairing.js';
import { segmentSize } from '../plan/planner.js';
import { AT_ONCE, agesOf, dueOf } from '../state/rotation.js';
import { TableProgress } from '../state/table-progress.js';
import type { TableState } from '../state/table-state.js';
import { compareByBuckets } from './compare-by-buckets.js';
import { noteChecksumObstacle } from './note-checksum.js';
import { planOrWhole } from './plan-or-whole.js';
import type { Work } from './pull-tables.js';
import { endTable, type TableRun } from './table-run.js';
import { TableWork } from './table-work.js';

interface DueWork {
  /** Since when it waits, in milliseconds since 1970: the least comes first. */
  readonly due: number;
  readonly work: Work;
}

/** Yields the work on all tables, what was compared longest ago first, and before that what never was. */
export async function* pullOldest(run: TableRun, ages: NonNullable<TableRun['ages']>): AsyncGenerator<Work> {
  const waiting: DueWork[] = [];
  for (const table of run.tables) {
    if (run.signal.aborted) return;
    const { pair, source } = table.planned;
    table.record({ kind: 'started', atMs: run.now() });
    await run.emit({ type: 'table:start', table: table.name, estimatedRows: source?.estimatedRows ?? null });
    if (pair === null) {
      table.record({ kind: 'done' });
      await endTable(run, table);
      continue;
    }
    noteChecksumObstacle(run.checksums, table);
    const progress = ages(table) ?? new TableProgress();
    if (pair.strategy === 'bucket')
      waiting.push({ due: dueOf(progress.passes), work: { table, segment: null } });
    else waiting.push(...(await listRanges(run, { table, pair, progress })));
  }
  for (const { work } of waiting.sort((one, other) => one.due - other.due)) {
    if (run.signal.aborted) return;
    yield work;
  }
}

interface AgedTable {
  readonly table: TableState;
  readonly pair: TablePair;
  readonly progress: TableProgress;
}

async function listRanges(run: TableRun, { table, pair, progress }: AgedTable): Promise<DueWork[]> {
  const work = new TableWork(table);
  const listed: DueWork[] = [];
  const segments = await planOrWhole(table, { ...run.sides.source, pair, ...segmentSize(run.workers) });
  for (const { range, provedMs, differs } of agesOf(progress)) {
    for (const segment of segments) {
      for (const piece of intersect([range], segment))
        listed.push({
          due: differs ? AT_ONCE : (provedMs ?? 0),
          work: { work, segment: { ...piece, ordinal: work.begin() } },
        });
    }
  }
  work.isPlanned = true;
  return listed;
}

/** Reads a table as a whole, and keeps whether it came to its end: one that is longer than a night must not keep all others waiting. */
export async function readWhole(run: TableRun, table: TableState): Promise<void> {
  table.record({ kind: 'pass', state: 'begun' });
  await compareByBuckets(run, table);
  // Whether it was equal is to be kept before another table is read.
  await run.looks?.settle(run);
  if (run.signal.aborted || table.isOpen) return;
  table.record({ kind: 'pass', state: table.differences === 0 ? 'equal' : 'different' });
}
