import type { DifferenceCounts } from '../core/chunk.js';
import type { RowDifference } from '../core/difference.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { Session } from '../engines/engine.js';
import { compareRows, isSameHash, type RowSnapshot, takeSnapshot } from './row-snapshot.js';
import { readEachRow, type TableSide } from './table-side.js';

/** Keys a statement: an IN list that optimizers still turn into index lookups. */
const BATCH_KEYS = 250;
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
  const counts = { missing: 0, extra: 0, changed: 0, inFlight: 0 };
  const changedColumns: Record<string, number> = {};
  const undecidedColumns: Record<string, number> = {};
  const kinds = job.pair.key.map((column) => column.keyKind);
  for await (const batch of batchRows(job.rows)) {
    const rows = await job.readBoth((side, session) => {
      const keys = batch.map((row) => readKeyParts(kinds, row[side]));
      return readSnapshots(job.sides[side], session, keys);
    });
    const found: RowDifference[] = [];
    for (const keys of batch) {
      const source = rows.source.get(keys.source.toString('latin1')) ?? null;
      const target = rows.target.get(keys.target.toString('latin1')) ?? null;
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
    if (found.length > 0) await job.store(found);
  }
  return { counts, changedColumns, undecidedColumns };
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
): AsyncGenerator<readonly Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for await (const row of rows) {
    if (batch.length > 0 && (batch.length === BATCH_KEYS || bytes + row.wireBytes > BATCH_BYTES)) {
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
  await readEachRow({ session, columns, sql }, (row) => {
    keySink.reset();
    const next = reader.readKey(row, keySink);
    rows.set(keySink.bytes.toString('latin1', 0, keySink.length), takeSnapshot(row, next, reader.spans));
    return next;
  });
  return rows;
}
