import { ByteSink } from '../core/encoding/byte-sink.js';

const INITIAL_ROWS = 1024;

/** Rows as the kernel hands them over: views of its memory, to be copied at once. */
export interface IndexedRows {
  readonly hashes: BigUint64Array;
  readonly keyEnds: Uint32Array;
  readonly wireBytes: Uint32Array;
  readonly keyBytes: Buffer;
  readonly keyStart: number;
}

/**
 * Key bytes, hash and wire size of each row of one side of a chunk, in key order, in typed arrays: this is all that is
 * kept of a row until it is known to differ.
 */
export class RowIndex {
  count = 0;
  readonly keys = new ByteSink();
  #keyEnds = new Uint32Array(INITIAL_ROWS);
  #hashes = new BigUint64Array(INITIAL_ROWS);
  #halves = new Uint32Array(this.#hashes.buffer);
  #wireBytes = new Uint32Array(INITIAL_ROWS);

  reset(): void {
    this.count = 0;
    this.keys.reset();
  }

  /** Adds the row whose key bytes were just appended to `keys`. */
  add(hash: bigint, wireBytes: number): void {
    this.#reserve(1);
    this.#keyEnds[this.count] = this.keys.length;
    this.#hashes[this.count] = hash;
    this.#wireBytes[this.count] = wireBytes;
    this.count++;
  }

  /** Adds rows whose key bytes ascend from the last row's; the ends count from the beginning of this index's keys. */
  addRows(rows: IndexedRows): void {
    const { hashes, keyEnds, wireBytes, keyBytes, keyStart } = rows;
    const count = hashes.length;
    this.#reserve(count);
    this.#hashes.set(hashes, this.count);
    this.#keyEnds.set(keyEnds, this.count);
    this.#wireBytes.set(wireBytes, this.count);
    this.count += count;
    const added = (keyEnds[count - 1] ?? this.keys.length) - this.keys.length;
    this.keys.reserve(added);
    keyBytes.copy(this.keys.bytes, this.keys.length, keyStart, keyStart + added);
    this.keys.length += added;
  }

  #reserve(rows: number): void {
    const needed = this.count + rows;
    if (needed <= this.#keyEnds.length) return;
    const size = Math.max(needed, this.#keyEnds.length * 2);
    const keyEnds = new Uint32Array(size);
    const hashes = new BigUint64Array(size);
    const wireBytes = new Uint32Array(size);
    keyEnds.set(this.#keyEnds);
    hashes.set(this.#hashes);
    wireBytes.set(this.#wireBytes);
    this.#keyEnds = keyEnds;
    this.#hashes = hashes;
    this.#halves = new Uint32Array(hashes.buffer);
    this.#wireBytes = wireBytes;
  }

  keyStart(row: number): number {
    return row === 0 ? 0 : (this.#keyEnds[row - 1] as number);
  }

  keyEnd(row: number): number {
    return this.#keyEnds[row] as number;
  }

  keyAt(row: number): Buffer {
    return this.keys.bytes.subarray(this.keyStart(row), this.#keyEnds[row] as number);
  }

  wireBytesAt(row: number): number {
    return this.#wireBytes[row] as number;
  }

  /** The wire bytes of the rows from `start` up to `end`. */
  wireBytesOf(start: number, end: number): number {
    let bytes = 0;
    for (let row = start; row < end; row++) bytes += this.#wireBytes[row] as number;
    return bytes;
  }

  /** Whether a row has the same hash as one of another index. Compared by halves, because reading a BigInt makes one. */
  hasSameHash(row: number, other: RowIndex, otherRow: number): boolean {
    const [own, others] = [this.#halves, other.#halves];
    return own[2 * row] === others[2 * otherRow] && own[2 * row + 1] === others[2 * otherRow + 1];
  }

  /** How the key of a row lies to that of one of another index. Keys are short, so a loop beats the native comparison. */
  compareKey(row: number, other: RowIndex, otherRow: number): number {
    const [start, otherStart] = [this.keyStart(row), other.keyStart(otherRow)];
    const [length, otherLength] = [this.keyEnd(row) - start, other.keyEnd(otherRow) - otherStart];
    const [bytes, others] = [this.keys.bytes, other.keys.bytes];
    const shared = Math.min(length, otherLength);
    for (let i = 0; i < shared; i++) {
      const difference = (bytes[start + i] as number) - (others[otherStart + i] as number);
      if (difference !== 0) return difference;
    }
    return length - otherLength;
  }

  /** Whether the bytes appended after the last row are a greater key than that row's. */
  isNextKeyAscending(): boolean {
    if (this.count === 0) return true;
    const { bytes, length } = this.keys;
    const last = this.#keyEnds[this.count - 1] as number;
    const shared = Math.min(last - this.keyStart(this.count - 1), length - last);
    for (let i = this.keyStart(this.count - 1), j = last, end = last + shared; j < end; i++, j++) {
      const difference = (bytes[j] as number) - (bytes[i] as number);
      if (difference !== 0) return difference > 0;
    }
    return length - last > shared;
  }

  /** Drops the rows whose key is greater than the given one. */
  truncateAfter(key: Buffer): void {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Buffer.compare(this.keyAt(middle), key) <= 0) low = middle + 1;
      else high = middle;
    }
    this.count = low;
    this.keys.length = this.keyStart(low);
  }

  /** Whether both sides hold the same keys with the same row hashes: one comparison of memory for a whole chunk. */
  equals(other: RowIndex): boolean {
    if (this.count !== other.count || this.keys.length !== other.keys.length) return false;
    const { keys } = this;
    if (keys.bytes.compare(other.keys.bytes, 0, other.keys.length, 0, keys.length) !== 0) return false;
    return this.#hashBytes().equals(other.#hashBytes());
  }

  /** All of it but the sizes of rows, as bytes that are another's only if `equals` holds of the two. */
  toBytes(): Buffer {
    const { keys } = this;
    const count = Buffer.from(Float64Array.of(this.count).buffer);
    return Buffer.concat([count, this.#hashBytes(), keys.bytes.subarray(0, keys.length)]);
  }

  #hashBytes(): Buffer {
    return Buffer.from(this.#hashes.buffer, 0, this.count * 8);
  }
}

/** Rows that differ, in key order: the position of each on either side, or -1 where that side does not have it. */
export interface DifferingRows {
  readonly count: number;
  readonly source: Int32Array;
  readonly target: Int32Array;
}

/**
 * Walks both sides in key order and finds the rows that are on one side only or have different hashes. The hash of a row
 * covers its key, so keys are only compared where hashes differ.
 */
export function findDifferingRows(source: RowIndex, target: RowIndex): DifferingRows {
  const found = new PositionList();
  let s = 0;
  let t = 0;
  while (s < source.count && t < target.count) {
    if (source.hasSameHash(s, target, t)) {
      s++;
      t++;
      continue;
    }
    const order = source.compareKey(s, target, t);
    if (order < 0) found.add(s++, -1);
    else if (order > 0) found.add(-1, t++);
    else found.add(s++, t++);
  }
  while (s < source.count) found.add(s++, -1);
  while (t < target.count) found.add(-1, t++);
  return found;
}

/** Positions in memory that grows: an object for each row would cost more than finding it. */
class PositionList implements DifferingRows {
  count = 0;
  source = new Int32Array(INITIAL_ROWS);
  target = new Int32Array(INITIAL_ROWS);

  add(source: number, target: number): void {
    if (this.count === this.source.length) this.#grow();
    this.source[this.count] = source;
    this.target[this.count] = target;
    this.count++;
  }

  #grow(): void {
    const [source, target] = [new Int32Array(this.count * 2), new Int32Array(this.count * 2)];
    source.set(this.source);
    target.set(this.target);
    this.source = source;
    this.target = target;
  }
}
