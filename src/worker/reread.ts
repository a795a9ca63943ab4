import type { DifferenceCounts } from '../core/chunk.js';
import type { RowDifference } from '../core/difference.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { Session } from '../engines/engine.js';
import { compareRows, isSameHash, type RowSnapshot, takeSnapshot } from './row-snapshot.js';
import { readEachRow, type TableSide } from './table-side.js';

/** Keys a statement: lists that optimizers still turn into index lookups; a composite key has no IN list, but ORs. */
const BATCH_KEYS = { single: 1000, composite: 250 };
/** Wire bytes of the rows of a batch, as first read: what a batch may hold in memory a side. */
const BATCH_BYTES = 4 << 20;

/** A differing row as it is asked for: by which key bytes on which side, and the larger size it had on the wire. */
export interface RereadRow {
  readonly source: Buffer;
  readonly target: Buffer;
  readonly wireBytes: number;
}

/** What reading differing rows again needs. */
export interface RereadJob {
  readonly pair: TablePair;
  readonly sides: Readonly<Record<Side, TableSide>>;
  readonly rows: Iterable<RereadRow> | AsyncIterable<RereadRow>;
  readBoth<T>(read: (side: Side, session: Session) => Promise<T>): Promise<Record<Side, T>>;
  store(rows: readonly RowDifference[]): Promise<void>;
}

/** The outcome: exact counts, and how often each column (by the target's name) differs. */
export interface RereadOutcome {
  readonly counts: DifferenceCounts;
  readonly changedColumns: Readonly<Record<string, number>>;
  /** In how many rows a column differs in bytes without a rule that would say whether its values do. */
  readonly undecidedColumns: Readonly<Record<string, number>>;
}

/**
 * Reads rows that differed again, in full and on both sides, and compares them value by value. What is equal now was in
 * flight; what still differs goes to the spool, a bounded batch at a time.
 */
export async function rereadDifferingRows(job: RereadJob): Promise<RereadOutcome> {
  const outcome: MutableOutcome = {
    counts: { missing: 0, extra: 0, changed: 0, inFlight: 0 },
    // Without a prototype: a column may be called constructor or __proto__.
    changedColumns: Object.create(null),
    undecidedColumns: Object.create(null),
  };
  let storing = Promise.resolve();
  try {
    for await (const batch of batchRows(job.rows, job.pair.key.length)) {
      const found = await rereadBatch(job, batch, outcome);
      await storing;
      if (found.length > 0) storing = startStoring(job, found);
    }
    await storing;
    return outcome;
  } finally {
    // A batch that is still being stored would otherwise arrive after the failed chunk was taken back.
    await storing.catch(() => undefined);
  }
}

interface MutableOutcome extends RereadOutcome {
  readonly counts: Record<keyof DifferenceCounts, number>;
  readonly changedColumns: Record<string, number>;
  readonly undecidedColumns: Record<string, number>;
}

/** Counts what became of a batch of rows and returns those that still differ. */
async function rereadBatch(
  job: RereadJob,
  batch: readonly RereadRow[],
  { counts, changedColumns, undecidedColumns }: MutableOutcome,
): Promise<RowDifference[]> {
  const kinds = job.pair.key.map((column) => column.keyKind);
  const rows = await job.readBoth((side, session) => {
    const keys = batch.map((row) => readKeyParts(kinds, row[side]));
    return readSnapshots(job.sides[side], session, keys);
  });
  const found: RowDifference[] = [];
  for (const keys of batch) {
    const source = take(rows.source, keys.source);
    const target = take(rows.target, keys.target);
    const { difference, undecided } = compareRows({ pair: job.pair, sides: job.sides, source, target });
    countColumns(undecidedColumns, undecided);
    if (difference === null) {
      if (undecided.length === 0 && wasInFlight(job, source, target)) counts.inFlight++;
    } else {
      counts[difference.kind]++;
      found.push(difference);
      if (difference.kind === 'changed') countColumns(changedColumns, difference.columns);
    }
  }
  return found;
}

/** Takes a row out of a batch, so that its room is free once it was compared. */
function take(rows: Map<string, RowSnapshot>, key: Buffer): RowSnapshot | null {
  const name = key.toString('latin1');
  const row = rows.get(name) ?? null;
  rows.delete(name);
  return row;
}

/** Stores a batch while the next one is read. What goes wrong is thrown where it is waited for, even if a read fails first. */
function startStoring({ store }: RereadJob, rows: readonly RowDifference[]): Promise<void> {
  const storing = store(rows);
  storing.catch(() => undefined);
  return storing;
}

/** Rows that only a tolerance makes equal have two hashes and were never in flight. */
function wasInFlight(
  job: Pick<RereadJob, 'pair' | 'sides'>,
  source: RowSnapshot | null,
  target: RowSnapshot | null,
): boolean {
  return source === null || target === null || isSameHash(job, { source, target });
}

function countColumns(into: Record<string, number>, columns: readonly string[]): void {
  for (const column of columns) into[column] = (into[column] ?? 0) + 1;
}

/** Cuts the differing rows into batches bounded by number and by the size that the rows had. */
export async function* batchRows<Row extends { readonly wireBytes: number }>(
  rows: Iterable<Row> | AsyncIterable<Row>,
  keyColumns: number,
): AsyncGenerator<readonly Row[]> {
  const most = keyColumns === 1 ? BATCH_KEYS.single : BATCH_KEYS.composite;
  let batch: Row[] = [];
  let bytes = 0;
  for await (const row of rows) {
    if (batch.length > 0 && (batch.length === most || bytes + row.wireBytes > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += row.wireBytes;
  }
  if (batch.length > 0) yield batch;
}

/** Reads the rows with one of the keys, in full, by their key bytes in latin1. */
export async function readSnapshots(
  { engine, selection, columns, reader }: TableSide,
  session: Session,
  keys: readonly (readonly KeyPart[])[],
): Promise<Map<string, RowSnapshot>> {
  const rows = new Map<string, RowSnapshot>();
  const keySink = new ByteSink();
  const all = { ...selection, range: { after: null, upTo: null }, limit: null };
  const sql = engine.dialect.buildSelectByKeys(all, keys);
  await readEachRow({ session, columns, sql, codec: reader.codec }, (row) => {
    keySink.reset();
    const next = reader.readKey(row, keySink);
    rows.set(keySink.bytes.toString('latin1', 0, keySink.length), takeSnapshot(row, next, reader.spans));
    return next;
  });
  return rows;
}
