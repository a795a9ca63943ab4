import type { ComparePartitionResult, ComparePartitionTask, SpilledRows } from '../core/bucket.js';
import { NONE_UNFOUND, type UnverifiedChunk } from '../core/chunk.js';
import { countKeys } from '../core/packed-keys.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { UnsettledRows } from '../state/table-record.js';
import type { TableState } from '../state/table-state.js';
import { UnfoundKeys } from '../state/unfound-keys.js';
import { leaves } from './leave-table.js';
import { holdRange } from './look-at-rows-again.js';
import { settleUnfound } from './settle-unfound.js';
import { commitRows, reportUnverified, runWithRetries, type TableRun } from './table-run.js';
import type { TableWork } from './table-work.js';

/** The spilled rows of a table, and how they are to be compared. */
export interface SpilledTable {
  readonly run: TableRun;
  readonly table: TableState;
  readonly pair: TablePair;
  readonly asBag: boolean;
  readonly withRows: boolean;
  readonly work: TableWork;
  readonly folder: string;
  /** Which of several looks it is; null where one decides. */
  readonly look: PartitionsLook | null;
  readonly spilled: Readonly<Record<Side, SpilledRows>>;
}

/** One of several looks at all partitions. */
export interface PartitionsLook {
  /** By partition; null for the first look. */
  readonly known: ReadonlyMap<number, BigUint64Array> | null;
  readonly isLast: boolean;
  /** How many looks it makes, and when the first began (milliseconds since 1970). */
  readonly looks: number;
  readonly firstMs: number;
}

/** What came of comparing: partitions that a broken index left open, and what differs of each as it did in the looks before. */
export interface ComparedPartitions {
  readonly open: readonly number[];
  readonly entries: ReadonlyMap<number, BigUint64Array>;
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
): Promise<ComparedPartitions> {
  const { run } = spilled;
  const waiting = [...partitions];
  const pending: Pending[] = [];
  const entries = new Map<number, BigUint64Array>();
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !run.signal.aborted; next = waiting.shift()) {
      if (await leaves(run, spilled.table)) return;
      const left = await comparePartition(spilled, next, entries);
      if (left !== null) pending.push(left);
    }
  };
  await Promise.all(Array.from({ length: run.workers }, lane));
  const open = pending.length === 0 || run.signal.aborted ? [] : await settlePending(spilled, pending);
  return { open, entries };
}

/** What is left is a partition with rows that were not found by their keys: nothing counts before it is known why. */
async function comparePartition(
  table: SpilledTable,
  partition: number,
  entries: Map<number, BigUint64Array>,
): Promise<Pending | null> {
  const { run, look } = table;
  const place = { table: table.table, segment: partition };
  const result = await runWithRetries(run, place, describeTask(table, partition));
  if (run.signal.aborted) return null;
  if (result.kind === 'unverified') {
    await reportUnverified(run, table.table, result);
    return null;
  }
  entries.set(partition, result.entries);
  if (look !== null && !look.isLast) return null;
  const unfound = new UnfoundKeys();
  unfound.add(result.unfound);
  if (!unfound.isEmpty) return { partition, result };
  await accept(table, { partition, result });
  return null;
}

function describeTask(
  { run, pair, asBag, withRows, folder, spilled, look }: SpilledTable,
  partition: number,
): ComparePartitionTask {
  return {
    kind: 'compare-partition',
    pairId: pair.id,
    asBag,
    withRows,
    folder,
    partition,
    rows: { source: spilled.source.rows[partition] ?? 0, target: spilled.target.rows[partition] ?? 0 },
    keepsKeys: run.looks !== null && !asBag && !withRows,
    look: look === null ? null : { known: look.known?.get(partition) ?? null, isLast: look.isLast },
  };
}

async function settlePending(spilled: SpilledTable, pending: readonly Pending[]): Promise<readonly number[]> {
  const { run, table, pair } = spilled;
  const unfound = new UnfoundKeys();
  for (const { result } of pending) unfound.add(result.unfound);
  const verdict = await settleUnfound(run, table, { pair, unfound });
  if (run.signal.aborted) return [];
  if (verdict.kind === 'gone') {
    for (const each of pending) await accept(spilled, each);
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

async function accept(
  { run, table, work, look }: SpilledTable,
  { partition, result }: Pending,
): Promise<void> {
  const { counts, changedColumns, undecidedColumns, explained, differingKeys, unsettled } = result;
  const rows = { sourceRows: 0, targetRows: 0, counts, changedColumns, undecidedColumns };
  const count = differingKeys === null ? 0 : countKeys(differingKeys);
  if (differingKeys !== null && count > 0 && (await run.looks?.mustHold(table))) {
    await run.spool.rollback(table.planned.id, partition);
    work.begin();
    const held = { work, part: partition, rows, keys: differingKeys, count, chunks: 1, ...PART };
    return holdRange(run, held);
  }
  // What was not found by key is settled for the partition, and concerns nobody afterwards.
  await commitRows(
    run,
    { table, segment: partition },
    {
      ...PART,
      keys: null,
      rows,
      explained,
      ...(unsettled > 0 && look !== null && { unsettled: describeUnsettled(unsettled, look) }),
    },
  );
  await run.spool.seal(table.planned.id, partition);
}

function describeUnsettled(rows: number, { looks, firstMs }: PartitionsLook): UnsettledRows {
  const times = { least: 1, most: looks };
  return { rows, why: 'moving', looks: times, firstMs, lastMs: Date.now(), examples: [] };
}

const PART = { range: null, hasher: 'client', unfound: NONE_UNFOUND } as const;
