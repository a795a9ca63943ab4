import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyKind, type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import { serializeError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import type { WireRow } from '../engines/row-span.js';
import type { Session } from '../engines/session.js';
import type { RangeStep } from './plan-rereads.js';
import type { RowBatch } from './row-batch.js';
import { compareBytes, type StepRows } from './step-rows.js';
import { readEachRow, type TableSide } from './table-side.js';

/** Keys that rows are asked for by: their bytes, and the values that those were made of. */
export interface KeyList {
  readonly keys: readonly Buffer[];
  readonly parts: readonly (readonly KeyPart[])[];
}

/** Reads keys back into values. */
export function listKeys(keyKinds: readonly KeyKind[], keys: readonly Buffer[]): KeyList {
  return { keys, parts: keys.map((key) => readKeyParts(keyKinds, key)) };
}

/** Where rows are read from again. */
export interface ReadPlace {
  readonly prepared: TableSide;
  readonly session: Session;
}

/** Reads the rows with one of the keys, in full; `onRow` gets the key bytes of each, good until it returns. */
async function readByKeys(
  { prepared, session }: ReadPlace,
  { parts }: KeyList,
  onRow: (key: ByteSink, row: { buffer: Buffer; start: number; end: number }) => void,
): Promise<void> {
  const { selection, reader } = prepared;
  const sink = new ByteSink();
  await readEachRow({ session, selection: { ...selection, keys: parts }, codec: reader.codec }, (row) => {
    sink.reset();
    const end = reader.readKey(row, sink);
    onRow(sink, { buffer: row.buffer, start: row.offset, end });
    return end;
  });
}

/** Says which of the keys a side has a row for that is equal to them as its collation sees it: the rows' own key bytes. */
export async function readPresentKeys(place: ReadPlace, list: KeyList): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  await readByKeys(place, list, (key) => present.add(nameOf(key)));
  return present;
}

function nameOf({ bytes, length }: ByteSink): string {
  return bytes.toString('latin1', 0, length);
}

/**
 * Looks rows up by their keys, each into the place of its key in the list. They mostly come in the order of the list;
 * where they do not, as under another collation, they are found by name.
 */
export async function readListedRows(place: ReadPlace, list: KeyList, batch: RowBatch): Promise<void> {
  const { keys } = list;
  batch.reset(keys.length);
  let places: Map<string, number> | null = null;
  let next = 0;
  await readByKeys(place, list, (key, row) => {
    let order = 1;
    for (; next < keys.length && order > 0; next++) {
      const wanted = keys[next] as Buffer;
      order = compareBytes(key, wanted, { start: 0, end: wanted.length });
      if (order === 0) batch.keep(next, row);
      if (order < 0) break;
    }
    if (order === 0) return;
    places ??= placesOf(keys);
    const at = places.get(nameOf(key));
    // A collation may also return rows with other keys than were asked for.
    if (at !== undefined) batch.keep(at, row);
  });
}

function placesOf(keys: readonly Buffer[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [at, key] of keys.entries()) {
    const name = key.toString('latin1');
    if (!places.has(name)) places.set(name, at);
  }
  return places;
}

/** Rows to be picked out of all those of a key range. */
export interface RangeRead extends ReadPlace {
  readonly side: Side;
  /** Each row goes into the place of its key. */
  readonly rows: StepRows;
  readonly range: RangeStep['range'];
}

/**
 * Reads a whole key range and keeps the rows whose keys are asked for, in key order. Returns false where a row has come
 * up meanwhile that has no place in that order: then nothing is known of the others.
 */
export async function readRangeRows(read: RangeRead, batch: RowBatch): Promise<boolean> {
  const { prepared, session, range, rows } = read;
  const { selection, reader } = prepared;
  batch.reset(rows.count);
  const picker = new RowPicker(read, batch);
  const wanted = { session, selection: { ...selection, range }, codec: reader.codec };
  await readEachRow(wanted, (row) => picker.take(row));
  return picker.isInOrder;
}

/** Merges the rows of a range with the keys that are asked for. Of other rows only the key is looked at. */
class RowPicker {
  isInOrder = true;
  readonly #read: RangeRead;
  readonly #batch: RowBatch;
  #key = new ByteSink();
  #lastKey = new ByteSink();
  #next = 0;

  constructor(read: RangeRead, batch: RowBatch) {
    this.#read = read;
    this.#batch = batch;
  }

  /** Returns where the row ends, or -1 where it has no place in the order of keys. */
  take(row: WireRow): number {
    [this.#key, this.#lastKey] = [this.#lastKey, this.#key];
    const end = this.#readKey(row);
    if (end < 0) {
      this.isInOrder = false;
      return -1;
    }
    const { rows, side } = this.#read;
    while (this.#next < rows.count) {
      const order = rows.compareKey(this.#key, side, this.#next);
      if (order < 0) break;
      if (order === 0) this.#batch.keep(this.#next, { buffer: row.buffer, start: row.offset, end });
      this.#next++;
    }
    return end;
  }

  #readKey(row: WireRow): number {
    try {
      this.#key.reset();
      const end = this.#read.prepared.reader.readKey(row, this.#key);
      const { bytes, length } = this.#lastKey;
      return compareBytes(this.#key, bytes, { start: 0, end: length }) > 0 ? end : -1;
    } catch (error) {
      if (serializeError(error).code !== 'key-order') throw error;
      return -1;
    }
  }
}
