import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyKind, type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import { serializeError } from '../core/errors.js';
import type { Session } from '../engines/engine.js';
import type { RowSpan } from '../engines/row-span.js';
import { compareSlice, RowIndex } from '../hashing/row-index.js';
import type { RowHasher } from '../hashing/row-reader.js';
import type { RereadStep } from './plan-rereads.js';
import type { RowBatch } from './row-batch.js';
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
  const { engine, selection, columns, reader } = prepared;
  const all = { ...selection, range: { after: null, upTo: null }, limit: null };
  const sql = engine.dialect.buildSelectByKeys(all, parts);
  const sink = new ByteSink();
  await readEachRow({ session, columns, sql, codec: reader.codec }, (row) => {
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
    const orderOf = (at: number): number => compareSlice(key.bytes, 0, key.length, keys[at] as Buffer);
    while (next < keys.length && orderOf(next) > 0) next++;
    if (next < keys.length && orderOf(next) === 0) return batch.keep(next++, row);
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
  /** In key order; each row goes into the place of its key. */
  readonly keys: readonly Buffer[];
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
  await session.readRows(sql, columns, (buffer, start, end, rows) =>
    picker.take({ buffer, start, end, rows }),
  );
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
