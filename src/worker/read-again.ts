import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyKind, readKeyParts } from '../core/encoding/key-bytes.js';
import { serializeError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import type { Session } from '../engines/engine.js';
import type { RowSpan } from '../engines/row-span.js';
import { RowIndex } from '../hashing/row-index.js';
import type { RowHasher } from '../hashing/row-reader.js';
import type { RereadStep } from './plan-rereads.js';
import type { RowBatch } from './row-batch.js';
import { readEachRow, type TableSide } from './table-side.js';

/** Rows to be read from one side, each into the place of its key in `keys`. */
export interface KeyedRead {
  readonly prepared: TableSide;
  readonly session: Session;
  readonly keyKinds: readonly KeyKind[];
  readonly keys: readonly Buffer[];
}

/** Reads the rows with one of the keys, in full, and calls `onKey` with the key bytes of each in latin1. */
async function readByKeys(
  { prepared, session, keyKinds, keys }: KeyedRead,
  onRow: (key: Buffer, row: { buffer: Buffer; start: number; end: number }) => void,
): Promise<void> {
  const { engine, selection, columns, reader } = prepared;
  const all = { ...selection, range: { after: null, upTo: null }, limit: null };
  const parts = keys.map((key) => readKeyParts(keyKinds, key));
  const sql = engine.dialect.buildSelectByKeys(all, parts);
  const sink = new ByteSink();
  await readEachRow({ session, columns, sql, codec: reader.codec }, (row) => {
    sink.reset();
    const end = reader.readKey(row, sink);
    onRow(sink.bytes.subarray(0, sink.length), { buffer: row.buffer, start: row.offset, end });
    return end;
  });
}

/** Says which of the keys a side has a row for that is equal to them as its collation sees it: the rows' own key bytes. */
export async function readPresentKeys(read: KeyedRead): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  await readByKeys(read, (key) => present.add(key.toString('latin1')));
  return present;
}

/**
 * Looks rows up by their keys. They mostly come in the order of the keys; where they do not, as under another collation,
 * they are found by name.
 */
export async function readListedRows(read: KeyedRead, batch: RowBatch): Promise<void> {
  const { keys } = read;
  batch.reset(keys.length);
  let places: Map<string, number> | null = null;
  let next = 0;
  await readByKeys(read, (key, row) => {
    while (next < keys.length && Buffer.compare(keys[next] as Buffer, key) < 0) next++;
    if (next < keys.length && key.equals(keys[next] as Buffer)) return batch.keep(next++, row);
    places ??= placesOf(keys);
    const place = places.get(key.toString('latin1'));
    // A collation may also return rows with other keys than were asked for.
    if (place !== undefined) batch.keep(place, row);
  });
}

function placesOf(keys: readonly Buffer[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [place, key] of keys.entries()) {
    const name = key.toString('latin1');
    if (!places.has(name)) places.set(name, place);
  }
  return places;
}

/** Rows to be picked out of all those of a key range. */
export interface RangeRead extends KeyedRead {
  readonly range: NonNullable<RereadStep['range']>;
  readonly hasher: RowHasher;
}

/**
 * Reads a whole key range and keeps the rows whose keys are asked for, in key order. Returns false where a row has come
 * up meanwhile that has no place in that order: then nothing is known of the others.
 */
export async function readRangeRows(read: RangeRead, batch: RowBatch): Promise<boolean> {
  const { prepared, session, range, keys } = read;
  const { engine, selection, columns } = prepared;
  batch.reset(keys.length);
  const picker = new RowPicker(read, batch);
  const sql = engine.dialect.buildSelect({ ...selection, range, limit: null });
  await session.readRows(sql, columns, (buffer, start, end, rows) => picker.take({ buffer, start, end, rows }));
  return picker.isInOrder;
}

/** Merges the rows of a range with the keys that are asked for. The kernel reads the keys of a span at once. */
class RowPicker {
  isInOrder = true;
  readonly #read: RangeRead;
  readonly #batch: RowBatch;
  readonly #index = new RowIndex();
  #next = 0;

  constructor(read: RangeRead, batch: RowBatch) {
    this.#read = read;
    this.#batch = batch;
  }

  take(span: RowSpan): boolean {
    const { prepared, hasher } = this.#read;
    this.#index.keepLast();
    const first = this.#index.count;
    try {
      prepared.reader.indexSpan(span, this.#index, hasher);
    } catch (error) {
      if (serializeError(error).code !== 'key-order') throw error;
      this.isInOrder = false;
      return false;
    }
    this.#pick(span, first);
    return true;
  }

  #pick({ buffer, start }: RowSpan, first: number): void {
    const { keys, prepared } = this.#read;
    const { headerBytes } = prepared.reader.codec;
    const index = this.#index;
    let at = start;
    for (let row = first; row < index.count && this.#next < keys.length; row++) {
      at += headerBytes;
      const end = at + index.wireBytesAt(row);
      let order = index.compareKeyAt(row, keys[this.#next] as Buffer);
      while (order > 0 && ++this.#next < keys.length) {
        order = index.compareKeyAt(row, keys[this.#next] as Buffer);
      }
      if (order === 0) this.#batch.keep(this.#next++, { buffer, start: at, end });
      at = end;
    }
  }
}

/** The keys by which a side is asked for the rows of a step. */
export function keysOf(rows: RereadStep['rows'], side: Side): Buffer[] {
  return rows.map((row) => row[side]);
}
