import { ByteSink } from '../core/encoding/byte-sink.js';
import { serializeError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import { eachRow, type RowSpan, type WireRow } from '../engines/row-span.js';
import type { ReadKeys, RowKernel } from '../hashing/row-kernel.js';
import type { RangeStep } from './plan-rereads.js';
import type { ReadPlace } from './read-again.js';
import type { RowBatch } from './row-batch.js';
import { compareBytes, type KeySlice, type StepRows } from './step-rows.js';

/** Rows to be picked out of all those of a key range. */
export interface RangeRead extends ReadPlace {
  readonly side: Side;
  /** Each row goes into the place of its key. */
  readonly rows: StepRows;
  readonly range: RangeStep['range'];
  /** Reads the keys of many rows at once; null has every row read in TypeScript. */
  readonly kernel: RowKernel | null;
}

/**
 * Reads a whole key range and keeps the rows whose keys are asked for, in key order. Returns false where a row has come
 * up meanwhile that has no place in that order: then nothing is known of the others.
 */
export async function readRangeRows(read: RangeRead, batch: RowBatch): Promise<boolean> {
  const { prepared, session, range, rows } = read;
  batch.reset(rows.count);
  const picker = new RowPicker(read, batch);
  await session.readRows({ ...prepared.selection, range }, (buffer, start, end, count) =>
    picker.takeSpan({ buffer, start, end, rows: count }),
  );
  return picker.isInOrder && picker.takeGathered();
}

/** Merges the rows of a range with the keys that are asked for. Of other rows only the key is looked at. */
class RowPicker {
  isInOrder = true;
  readonly #read: RangeRead;
  readonly #batch: RowBatch;
  readonly #kernel: RowKernel | null;
  #key = new ByteSink();
  #lastKey = new ByteSink();
  readonly #slice: KeySlice = { bytes: this.#key.bytes, start: 0, end: 0 };
  /** The place of the key that is asked for next. */
  #next = 0;

  constructor(read: RangeRead, batch: RowBatch) {
    this.#read = read;
    this.#batch = batch;
    this.#kernel = read.prepared.reader.program?.isOrdered === true ? read.kernel : null;
    // Rows of a read that failed may still be there.
    this.#kernel?.clear();
  }

  /** Takes rows in, or gathers them for the kernel. Returns false where a row has no place in the order of keys. */
  takeSpan(span: RowSpan): boolean {
    const { program } = this.#read.prepared.reader;
    if (this.#kernel !== null && program !== null) {
      if (this.#kernel.gather(program, span)) return true;
      if (!this.takeGathered()) return false;
      if (this.#kernel.gather(program, span)) return true;
    }
    return this.#takeEach(span);
  }

  /** Takes in the rows that were gathered last. */
  takeGathered(): boolean {
    const { program } = this.#read.prepared.reader;
    if (this.#kernel === null || program === null || this.#kernel.gathered.rows === 0) return true;
    const { bytes, length } = this.#lastKey;
    const keys = this.#kernel.readKeys(program, length === 0 ? null : bytes.subarray(0, length));
    const { gathered } = this.#kernel;
    const isInOrder = keys === null ? this.#takeEach(gathered) : this.#takeKeyed(gathered, keys);
    this.#kernel.clear();
    return isInOrder;
  }

  /** Rows that stand behind each other and are all asked for are copied in one step. */
  #takeKeyed({ buffer, start }: RowSpan, keys: ReadKeys): boolean {
    const { headerBytes } = this.#read.prepared.reader.codec;
    const { keyBytes, keyStart, keyEnds, wireBytes } = keys;
    const slice = this.#slice;
    slice.bytes = keyBytes;
    slice.end = keyStart;
    let [at, runFrom, runTo] = [start, -1, -1];
    for (let row = 0; row < keyEnds.length; row++) {
      slice.start = slice.end;
      slice.end = keyStart + (keyEnds[row] as number);
      const from = at + headerBytes;
      at = from + (wireBytes[row] as number);
      const place = this.#placeOf(slice);
      if (place < 0) continue;
      if (from - headerBytes !== runTo) {
        if (runFrom >= 0) this.#batch.append(buffer, runFrom, runTo);
        runFrom = from;
      }
      runTo = at;
      const moved = this.#batch.length - runFrom;
      this.#batch.place(place, from + moved, at + moved);
    }
    if (runFrom >= 0) this.#batch.append(buffer, runFrom, runTo);
    this.#lastKey.reset();
    this.#lastKey.copy(keyBytes, slice.start, slice.end);
    return true;
  }

  #takeEach(span: RowSpan): boolean {
    this.isInOrder = eachRow(this.#read.prepared.reader.codec, span, (row) => this.#take(row));
    return this.isInOrder;
  }

  /** Returns where the row ends, or -1 where it has no place in the order of keys. */
  #take(row: WireRow): number {
    [this.#key, this.#lastKey] = [this.#lastKey, this.#key];
    const end = this.#readKey(row);
    if (end < 0) return -1;
    const place = this.#placeOf(this.#slice);
    if (place >= 0) this.#batch.keep(place, { buffer: row.buffer, start: row.offset, end });
    return end;
  }

  /** The place of the key, -1 where it is not asked for. */
  #placeOf(key: KeySlice): number {
    const { rows, side } = this.#read;
    while (this.#next < rows.count) {
      const order = rows.compareKey(key, side, this.#next);
      if (order < 0) return -1;
      this.#next++;
      if (order === 0) return this.#next - 1;
    }
    return -1;
  }

  #readKey(row: WireRow): number {
    try {
      this.#key.reset();
      const end = this.#read.prepared.reader.readKey(row, this.#key);
      const slice = this.#slice;
      [slice.bytes, slice.start, slice.end] = [this.#key.bytes, 0, this.#key.length];
      const { bytes, length } = this.#lastKey;
      return compareBytes(slice, bytes, { start: 0, end: length }) > 0 ? end : -1;
    } catch (error) {
      if (serializeError(error).code !== 'key-order') throw error;
      return -1;
    }
  }
}
