import type { ComparePartitionResult, ComparePartitionTask, SpilledRows } from '../core/bucket.js';
import { NONE_UNFOUND, type UnverifiedChunk } from '../core/chunk.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { TableState } from '../state/table-state.js';
import { UnfoundKeys } from '../state/unfound-keys.js';
import { settleUnfound } from './settle-unfound.js';
import { commitRows, reportUnverified, runWithRetries, type TableRun } from './table-run.js';

/** The spilled rows of a table, and how they are to be compared. */
export interface SpilledTable {
  readonly run: TableRun;
  readonly table: TableState;
  readonly pair: TablePair;
  readonly asBag: boolean;
  readonly withRows: boolean;
  readonly folder: string;
  readonly spilled: Readonly<Record<Side, SpilledRows>>;
}

type Compared = Exclude<ComparePartitionResult, UnverifiedChunk>;

/** A partition that was compared, whose rows are not committed yet. */
interface Pending {
  readonly partition: number;
  readonly result: Compared;
}

/**
 * Compares all partitions, as many at a time as there are workers; each is one part of the spool, in the order of the sort
 * keys. Returns the partitions that must be compared again without looking rows up, because an index is broken.
 */
export async function comparePartitions(
  spilled: SpilledTable,
  partitions: Iterable<number>,
): Promise<readonly number[]> {
  const { run } = spilled;
  const waiting = [...partitions];
  const pending: Pending[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !run.signal.aborted; next = waiting.shift()) {
      const left = await comparePartition(spilled, next);
      if (left !== null) pending.push(left);
    }
  };
  await Promise.all(Array.from({ length: run.workers }, lane));
  return pending.length === 0 || run.signal.aborted ? [] : settlePending(spilled, pending);
}

/** What is left is a partition with rows that were not found by their keys: nothing counts before it is known why. */
async function comparePartition(
  { run, table, pair, asBag, withRows, folder, spilled }: SpilledTable,
  partition: number,
): Promise<Pending | null> {
  const task: ComparePartitionTask = {
    kind: 'compare-partition',
    pairId: pair.id,
    asBag,
    withRows,
    folder,
    partition,
    rows: { source: spilled.source.rows[partition] ?? 0, target: spilled.target.rows[partition] ?? 0 },
  };
  const result = await runWithRetries(run, { table, segment: partition }, task);
  if (run.signal.aborted) return null;
  if (result.kind === 'unverified') {
    await reportUnverified(run, table, result);
    return null;
  }
  const unfound = new UnfoundKeys();
  unfound.add(result.unfound);
  if (!unfound.isEmpty) return { partition, result };
  await accept(run, table, { partition, result });
  return null;
}

async function settlePending(
  { run, table, pair }: SpilledTable,
  pending: readonly Pending[],
): Promise<readonly number[]> {
  const unfound = new UnfoundKeys();
  for (const { result } of pending) unfound.add(result.unfound);
  const verdict = await settleUnfound(run, table, { pair, unfound });
  if (run.signal.aborted) return [];
  if (verdict.kind === 'gone') {
    for (const each of pending) await accept(run, table, each);
    return [];
  }
  for (const { partition } of pending) await run.spool.rollback(table.planned.id, partition);
  if (verdict.kind === 'unknown') {
    await reportUnverified(run, table, verdict.result);
    return [];
  }
  for (const finding of verdict.findings) table.addFinding(finding);
  return pending.map(({ partition }) => partition);
}

async function accept(run: TableRun, table: TableState, { partition, result }: Pending): Promise<void> {
  const { counts, changedColumns, undecidedColumns } = result;
  const rows = { sourceRows: 0, targetRows: 0, counts, changedColumns, undecidedColumns };
  // What was not found by key is settled for the partition, and concerns nobody afterwards.
  await commitRows(run, { table, segment: partition }, { ...PART, rows });
  await run.spool.seal(table.planned.id, partition);
}

const PART = { range: null, hasher: 'client', unfound: NONE_UNFOUND, keys: null } as const;
