import { ByteSink } from '../core/encoding/byte-sink.js';

/**
 * Copies of wire rows in one piece of memory, each in the place of the key that it was asked for by: the socket's buffer
 * is reused, and an object for each row would cost more than reading it.
 */
export class RowBatch {
  #rows = new ByteSink();
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);

  /** Forgets all rows and makes room for `count` places. */
  reset(count: number): void {
    this.#rows.reset();
    if (this.#starts.length < count) {
      this.#starts = new Int32Array(count);
      this.#ends = new Int32Array(count);
    }
    this.#starts.fill(-1);
  }

  /** Forgets all rows, and gives their memory back where it is more than this. */
  release(keptBytes: number): void {
    if (this.#rows.bytes.length > keptBytes) this.#rows = new ByteSink();
    this.reset(0);
  }

  /** Puts the row `buffer[start, end)` in a place. */
  keep(place: number, { buffer, start, end }: { buffer: Buffer; start: number; end: number }): void {
    this.#starts[place] = this.#rows.length;
    this.#rows.copy(buffer, start, end);
    this.#ends[place] = this.#rows.length;
  }

  /** Puts what will lie at `start` to `end` of all that is kept into a place: whoever says so appends it next. */
  place(place: number, start: number, end: number): void {
    this.#starts[place] = start;
    this.#ends[place] = end;
  }

  /** Appends `buffer[start, end)`: rows that were put into their places, and what lies between them. */
  append(buffer: Buffer, start: number, end: number): void {
    this.#rows.copy(buffer, start, end);
  }

  /** How much is kept. */
  get length(): number {
    return this.#rows.length;
  }

  /** The memory that all rows lie in, until one more is kept. */
  get bytes(): Buffer {
    return this.#rows.bytes;
  }

  /** Where a row begins; negative where there is none. */
  startOf(place: number): number {
    return this.#starts[place] as number;
  }

  endOf(place: number): number {
    return this.#ends[place] as number;
  }
}
