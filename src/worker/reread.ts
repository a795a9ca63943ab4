import type { DifferenceCounts } from '../core/chunk.js';
import type { RowDifference } from '../core/difference.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import type { Side, TablePair } from '../core/pairing.js';
import type { Session } from '../engines/engine.js';
import type { DifferingRow, RowIndex } from '../hashing/row-index.js';
import { compareRows, type RowSnapshot, takeSnapshot } from './row-snapshot.js';
import { readEachRow, type TableSide } from './table-side.js';

/** Keys a statement: an IN list that optimizers still turn into index lookups. */
const BATCH_KEYS = 250;
/** Wire bytes of the rows of a batch, as first read: what a batch may hold in memory a side. */
const BATCH_BYTES = 4 << 20;

/** What reading differing rows again needs. */
export interface RereadJob {
  readonly pair: TablePair;
  readonly sides: Readonly<Record<Side, TableSide>>;
  readonly differing: readonly DifferingRow[];
  readonly indexes: Readonly<Record<Side, RowIndex>>;
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
  for (const batch of batches(job)) {
    const keys = batch.map((row) => keyBytesOf(row, job.indexes));
    const parts = keys.map((key) => readKeyParts(kinds, key));
    const rows = await job.readBoth((side, session) => readSnapshots(job.sides[side], session, parts));
    const found: RowDifference[] = [];
    for (const key of keys) {
      const name = key.toString('latin1');
      const source = rows.source.get(name) ?? null;
      const target = rows.target.get(name) ?? null;
      rows.source.delete(name);
      rows.target.delete(name);
      const { difference, undecided } = compareRows({ pair: job.pair, sides: job.sides, source, target });
      countColumns(undecidedColumns, undecided);
      if (difference === null) counts.inFlight += undecided.length === 0 ? 1 : 0;
      else {
        counts[difference.kind]++;
        found.push(difference);
        if (difference.kind === 'changed') countColumns(changedColumns, difference.columns);
      }
    }
    if (found.length > 0) await job.store(found);
  }
  return { counts, changedColumns, undecidedColumns };
}

function countColumns(into: Record<string, number>, columns: readonly string[]): void {
  for (const column of columns) into[column] = (into[column] ?? 0) + 1;
}

/** Cuts the differing rows into batches bounded by number and by the size that the rows had. */
function* batches({ differing, indexes }: RereadJob): Generator<readonly DifferingRow[]> {
  let batch: DifferingRow[] = [];
  let bytes = 0;
  for (const row of differing) {
    const size = Math.max(
      row.source < 0 ? 0 : indexes.source.wireBytesAt(row.source),
      row.target < 0 ? 0 : indexes.target.wireBytesAt(row.target),
    );
    if (batch.length > 0 && (batch.length === BATCH_KEYS || bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function keyBytesOf(row: DifferingRow, indexes: Readonly<Record<Side, RowIndex>>): Buffer {
  const key = row.source >= 0 ? indexes.source.keyAt(row.source) : indexes.target.keyAt(row.target);
  return Buffer.from(key);
}

async function readSnapshots(
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
