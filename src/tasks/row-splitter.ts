import { SIDES, type Side } from '../core/pairing.js';
import type { FieldSpans } from '../engines/row-codec.js';
import {
  type ComparedPairs,
  compilePair,
  type PairKernel,
  type PairProgram,
} from '../hashing/pair-kernel.js';
import type { RowBatch } from './row-batch.js';
import type { TableSide } from './table-side.js';

/** A row that was split: the memory it lies in, and where its fields begin and end, from a place in lists of many rows on. */
export interface SplitRow {
  bytes: Buffer;
  starts: Int32Array;
  ends: Int32Array;
  first: number;
  firstEnd: number;
  /** Where the row is split if the kernel has not done that. */
  readonly spans: FieldSpans;
}

/** Where a field begins; negative where it is NULL. */
export function startOf({ starts, first }: SplitRow, field: number): number {
  return starts[first + field] as number;
}

/** Where it ends. */
export function endOf({ ends, firstEnd }: SplitRow, field: number): number {
  return ends[firstEnd + field] as number;
}

/** The rows of both sides by their places. */
export type RowBatches = Readonly<Record<Side, RowBatch>>;

/** What rows are split by. */
export interface SplitOptions {
  readonly sides: Readonly<Record<Side, TableSide>>;
  /** Of each column, whether the same wire bytes are the same value. */
  readonly sharesWire: readonly boolean[];
  /** Splits many rows at once, and finds fields that are the same; null has each row split by its codec. */
  readonly kernel: PairKernel | null;
}

/** Finds the fields of the rows that both sides have in a place, and as far as the kernel can say which are the same. */
export class RowSplitter {
  /** The rows that were split last, good until the next ones. */
  readonly rows: Readonly<Record<Side, SplitRow>>;
  /** Lists fields that may differ: those of the rows that were split last stand from `from` up to `to`. */
  fields: ArrayLike<number>;
  from = 0;
  to = 0;
  readonly #sides: Readonly<Record<Side, TableSide>>;
  readonly #kernel: PairKernel | null;
  /** What the kernel runs for these columns; null where it would be of no help. */
  readonly #program: PairProgram | null;
  readonly #allFields: readonly number[];
  #batches: RowBatches | null = null;
  #places = 0;
  /** The rows around the last ones, as the kernel compared them. */
  #block: ComparedPairs | null = null;

  constructor({ sides, sharesWire, kernel }: SplitOptions) {
    this.#sides = sides;
    this.#kernel = kernel;
    this.#allFields = sharesWire.map((_, field) => field);
    this.fields = this.#allFields;
    const makeRow = (): SplitRow => {
      const count = sharesWire.length;
      const spans = { starts: new Int32Array(count), ends: new Int32Array(count) };
      return { bytes: Buffer.alloc(0), ...spans, first: 0, firstEnd: 0, spans };
    };
    this.rows = { source: makeRow(), target: makeRow() };
    this.#program = kernel === null ? null : compileSides(sides, sharesWire);
  }

  /** Says which rows are split next, in so many places. */
  begin(batches: RowBatches, places: number): void {
    this.#batches = batches;
    this.#places = places;
    this.#block = null;
  }

  /** Splits what is in a place, and says who has a row there. */
  split(place: number): Side | 'both' | 'none' {
    const batches = this.#batches;
    if (batches === null) throw new RangeError('No rows were given to split.');
    const isInSource = batches.source.startOf(place) >= 0;
    const isInTarget = batches.target.startOf(place) >= 0;
    if (!isInSource && !isInTarget) return 'none';
    const block = this.#blockOf(batches, place);
    if (block === null) this.#splitEach(batches, place);
    else this.#takeFrom(block, place - block.from);
    return isInSource && isInTarget ? 'both' : isInSource ? 'source' : 'target';
  }

  /** The rows around a place as the kernel compares them; null where it cannot. */
  #blockOf(batches: RowBatches, place: number): ComparedPairs | null {
    if (this.#kernel === null || this.#program === null) return null;
    if (this.#block !== null && place >= this.#block.from && place < this.#block.to) return this.#block;
    this.#block = this.#kernel.compare(this.#program, batches, { from: place, count: this.#places });
    return this.#block;
  }

  #takeFrom(block: ComparedPairs, pair: number): void {
    const { ends, fields } = block;
    this.fields = fields;
    this.from = pair === 0 ? 0 : (ends[pair - 1] as number);
    this.to = ends[pair] as number;
    this.#place(this.rows.source, block, 2 * pair);
    this.#place(this.rows.target, block, 2 * pair + 1);
  }

  #place(row: SplitRow, { bytes, spans }: ComparedPairs, number: number): void {
    const count = this.#allFields.length;
    row.bytes = bytes;
    row.starts = spans;
    row.ends = spans;
    row.first = number * 2 * count;
    row.firstEnd = row.first + count;
  }

  #splitEach(batches: RowBatches, place: number): void {
    this.fields = this.#allFields;
    this.from = 0;
    this.to = this.#allFields.length;
    for (const side of SIDES) {
      const start = batches[side].startOf(place);
      if (start < 0) continue;
      const row = this.rows[side];
      const { starts, ends } = row.spans;
      row.bytes = batches[side].bytes;
      Object.assign(row, { starts, ends, first: 0, firstEnd: 0 });
      this.#sides[side].reader.codec.split(row.bytes, start, batches[side].endOf(place), row.spans);
    }
  }
}

/** What the kernel may call the same: what is the same to the encoders that values are compared by. */
function compileSides(
  { source, target }: SplitOptions['sides'],
  sharesWire: readonly boolean[],
): PairProgram | null {
  const isSame = ({ reader, valueEncoders }: TableSide, field: number): boolean =>
    reader.codec.encoders[field] === valueEncoders[field];
  return compilePair({
    source: source.reader.program,
    target: target.reader.program,
    sharesWire,
    sharesCanonical: sharesWire.map((_, field) => isSame(source, field) && isSame(target, field)),
  });
}
