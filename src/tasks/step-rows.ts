import type { KeyPacker } from '../core/packed-keys.js';
import type { Side } from '../core/pairing.js';
import type { DifferingRows, RowIndex } from '../hashing/row-index.js';
import type { DifferingKeys } from './compare-keyed.js';

/** A differing row as it is asked for: by which key bytes on which side, and the larger size it had on the wire. */
export interface RereadRow {
  readonly source: Buffer;
  readonly target: Buffer;
  readonly wireBytes: number;
  /** Which sides had it when they were read a moment ago. */
  readonly seen: Side | 'both' | 'none';
  /** Where the row of each side was kept, if it was: then no side is asked for it. */
  readonly kept: DifferingKeys['kept'];
}

/** The bytes of a key, somewhere in memory. */
export interface KeySlice {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** The rows of a step, in the order of their keys, which also is that of their places. */
export interface StepRows {
  readonly count: number;
  /** The row in a place. Makes objects, which many rows cannot afford. */
  at(place: number): RereadRow;
  /** Whether a side had the row when it was read a moment ago. */
  wasSeen(side: Side, place: number): boolean;
  /** How a key lies to that of a row: below zero where it comes before. */
  compareKey(key: KeySlice, side: Side, place: number): number;
  /** A number that is the same for the same key: of 31 bits, for which no object is made. */
  digestOf(side: Side, place: number): number;
  packKey(packer: KeyPacker, place: number): void;
}

/** Rows that are listed one by one. */
export class ListedRows implements StepRows {
  readonly #rows: readonly RereadRow[];

  constructor(rows: readonly RereadRow[]) {
    this.#rows = rows;
  }

  get count(): number {
    return this.#rows.length;
  }

  at(place: number): RereadRow {
    return this.#rows[place] as RereadRow;
  }

  wasSeen(side: Side, place: number): boolean {
    const { seen } = this.at(place);
    return seen === 'both' || seen === side;
  }

  compareKey(key: KeySlice, side: Side, place: number): number {
    const wanted = this.at(place)[side];
    return compareBytes(key, wanted, { start: 0, end: wanted.length });
  }

  digestOf(side: Side, place: number): number {
    const key = this.at(place)[side];
    return digest(key, 0, key.length);
  }

  packKey(packer: KeyPacker, place: number): void {
    packer.add(this.at(place));
  }
}

/** Rows of a stretch of a chunk, which are where its indexes have them. */
export class IndexedRows implements StepRows {
  readonly count: number;
  readonly #source: RowIndex;
  readonly #target: RowIndex;
  readonly #rows: DifferingRows;
  readonly #from: number;

  constructor(
    indexes: Readonly<Record<Side, RowIndex>>,
    rows: DifferingRows,
    { from, to }: { readonly from: number; readonly to: number },
  ) {
    this.#source = indexes.source;
    this.#target = indexes.target;
    this.#rows = rows;
    this.#from = from;
    this.count = to - from;
  }

  at(place: number): RereadRow {
    const [source, target] = [this.#inSource(place), this.#inTarget(place)];
    const key = source < 0 ? this.#target.keyAt(target) : this.#source.keyAt(source);
    const seen = source < 0 ? 'target' : target < 0 ? 'source' : 'both';
    return { source: key, target: key, wireBytes: this.#wireBytesOf(source, target), seen, kept: null };
  }

  wasSeen(side: Side, place: number): boolean {
    return (side === 'source' ? this.#inSource(place) : this.#inTarget(place)) >= 0;
  }

  compareKey(key: KeySlice, _side: Side, place: number): number {
    const source = this.#inSource(place);
    const [index, row] = source < 0 ? [this.#target, this.#inTarget(place)] : [this.#source, source];
    return compareBytes(key, index.keys.bytes, { start: index.keyStart(row), end: index.keyEnd(row) });
  }

  digestOf(_side: Side, place: number): number {
    const source = this.#inSource(place);
    const [index, row] = source < 0 ? [this.#target, this.#inTarget(place)] : [this.#source, source];
    return digest(index.keys.bytes, index.keyStart(row), index.keyEnd(row));
  }

  packKey(packer: KeyPacker, place: number): void {
    const [source, target] = [this.#inSource(place), this.#inTarget(place)];
    const [index, row] = source < 0 ? [this.#target, target] : [this.#source, source];
    const wireBytes = this.#wireBytesOf(source, target);
    packer.addShared(index.keys.bytes, index.keyStart(row), index.keyEnd(row), wireBytes);
  }

  /** Where the source has the row; negative where it has not. */
  #inSource(place: number): number {
    return this.#rows.source[this.#from + place] as number;
  }

  #inTarget(place: number): number {
    return this.#rows.target[this.#from + place] as number;
  }

  #wireBytesOf(source: number, target: number): number {
    const bytes = source < 0 ? 0 : this.#source.wireBytesAt(source);
    return target < 0 ? bytes : Math.max(bytes, this.#target.wireBytesAt(target));
  }
}

/** Compares a key with another one. Keys are short, so a loop beats the native comparison and needs no view. */
export function compareBytes(
  { bytes, start, end }: KeySlice,
  others: Uint8Array,
  { start: otherStart, end: otherEnd }: { readonly start: number; readonly end: number },
): number {
  const [length, otherLength] = [end - start, otherEnd - otherStart];
  const shared = Math.min(length, otherLength);
  for (let i = 0; i < shared; i++) {
    const difference = (bytes[start + i] as number) - (others[otherStart + i] as number);
    if (difference !== 0) return difference;
  }
  return length - otherLength;
}

function digest(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 1;
}
