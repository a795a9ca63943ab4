import { BUCKETS, type BucketSums } from '../core/bucket.js';
import { type BucketReader, InexpressibleKey } from './bucket-reader.js';

/** Once a sample has this many sort keys, every second one is dropped by its hash. */
const MAX_SAMPLE = 8192;
const TWO_32 = 2 ** 32;

/** Adds up the row hashes of each bucket. Numbers are added by halves, because a BigInt a row costs more than its hash. */
export class BucketAdder {
  readonly #counts = new Float64Array(BUCKETS);
  readonly #lows = new Uint32Array(BUCKETS);
  readonly #highs = new Uint32Array(BUCKETS);
  #sample: { readonly low: number; readonly sortKey: Uint8Array }[] = [];
  #sampleMask = 0;
  #rows = 0;

  /** Adds the current row of a reader. */
  add(reader: BucketReader): void {
    const { bucket, low, high } = reader;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    const sum = (this.#lows[bucket] as number) + low;
    this.#lows[bucket] = sum;
    this.#highs[bucket] = (this.#highs[bucket] as number) + high + (sum >= TWO_32 ? 1 : 0);
    this.#rows++;
    if ((low & this.#sampleMask) === 0) this.#addSample(reader);
  }

  result(): BucketSums {
    const sums = BigUint64Array.from(
      this.#lows,
      (low, bucket) => (BigInt(this.#highs[bucket] as number) << 32n) | BigInt(low),
    );
    return {
      rows: this.#rows,
      counts: this.#counts,
      sums,
      sample: this.#sample.map(({ sortKey }) => sortKey),
    };
  }

  /** A key that cannot be written is no reason to stop: if both sides are equal, nobody asks for it. */
  #addSample(reader: BucketReader): void {
    try {
      this.#sample.push({ low: reader.low, sortKey: reader.sortKey() });
    } catch (error) {
      if (!(error instanceof InexpressibleKey)) throw error;
    }
    if (this.#sample.length < MAX_SAMPLE) return;
    this.#sampleMask = (this.#sampleMask << 1) | 1;
    this.#sample = this.#sample.filter(({ low }) => (low & this.#sampleMask) === 0);
  }
}
