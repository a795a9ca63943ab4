import type { BucketSums } from '../core/bucket.js';
import { BUCKETS } from '../core/bucket.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { encodeNull } from '../core/encoding/canonical.js';
import { appendKeyBytes, type KeyKind } from '../core/encoding/key-bytes.js';
import { foldKey } from '../core/encoding/key-fold.js';
import type { FieldEncoder, FieldSpans, RowCodec } from '../engines/engine.js';
import type { RowHash } from './row-hash.js';

/** The hashes a reader needs: one with the run's seed, and one that is the same in every run. */
export interface BucketHashes {
  readonly seeded: RowHash;
  readonly constant: RowHash;
}

/** A row whose key cannot be written as key bytes: text that does not decode, a UUID that is none, NULL. */
export class InexpressibleKey extends Error {}

/**
 * Reads rows in whatever order they come: their hash, the bucket they fall into, and the bytes they are sorted by once
 * they are known to differ. Rows of a table without a key have the whole row for a key.
 */
export class BucketReader {
  readonly spans: FieldSpans;
  /** The hash of the row that was read last. */
  rowHash = 0n;
  readonly key = new ByteSink();
  readonly #codec: RowCodec;
  readonly #kinds: readonly KeyKind[];
  readonly #hashes: BucketHashes;
  readonly #row = new ByteSink();

  constructor(codec: RowCodec, kinds: readonly KeyKind[], hashes: BucketHashes) {
    this.#codec = codec;
    this.#kinds = kinds;
    this.#hashes = hashes;
    const count = codec.encoders.length;
    this.spans = { starts: new Int32Array(count), ends: new Int32Array(count) };
  }

  /** Reads the row at `offset` and returns where the next row begins; throws InexpressibleKey. */
  read({ buffer, offset, end }: { buffer: Buffer; offset: number; end: number }): number {
    const { encoders } = this.#codec;
    const { starts, ends } = this.spans;
    const next = this.#codec.split(buffer, offset, end, this.spans);
    const sink = this.#row;
    sink.reset();
    this.key.reset();
    for (let i = 0; i < encoders.length; i++) {
      const before = sink.length;
      const start = starts[i] as number;
      if (start < 0) encodeNull(sink);
      else (encoders[i] as FieldEncoder)(buffer, start, ends[i] as number, sink);
      const kind = this.#kinds[i];
      if (kind !== undefined && !appendKeyBytes(kind, sink.bytes, before, sink.length, this.key)) {
        throw new InexpressibleKey();
      }
    }
    this.rowHash = this.#hashes.seeded(sink.bytes, sink.length);
    return next;
  }

  /**
   * The bucket of the row that was read last. Without a key it is a mixture of the row hash: plain bits of it would be
   * the same in every hash of a bucket, and so missing from the strength of their sum.
   */
  bucket(): number {
    if (this.#kinds.length > 0) return Number(this.#hashes.seeded(this.key.bytes, this.key.length) & MASK);
    const mixed = Math.imul(Number(this.rowHash >> 32n) ^ Number(this.rowHash & LOW), 0x9e3779b1);
    return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca77) >>> (32 - BUCKET_BITS);
  }

  /** The bytes by which differing rows are sorted: the folded key, or a hash of the row that is the same in every run. */
  sortKey(): Buffer {
    if (this.#kinds.length > 0) return foldKey(this.#kinds, this.key.toBuffer());
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(this.#hashes.constant(this.#row.bytes, this.#row.length));
    return bytes;
  }
}

const LOW = 0xffff_ffffn;
const MASK = BigInt(BUCKETS - 1);
const BUCKET_BITS = Math.log2(BUCKETS);

/** Once a sample has this many sort keys, every second one is dropped by its hash. */
const MAX_SAMPLE = 8192;

/** Adds up the row hashes of each bucket. */
export class BucketAdder {
  readonly #counts = new Float64Array(BUCKETS);
  readonly #sums = new BigUint64Array(BUCKETS);
  readonly #sample = new Map<bigint, Uint8Array>();
  #sampleMask = 0n;
  #rows = 0;

  /** Adds the row that was read last. */
  add(reader: BucketReader): void {
    const bucket = reader.bucket();
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sums[bucket] = (this.#sums[bucket] as bigint) + reader.rowHash;
    this.#rows++;
    if ((reader.rowHash & this.#sampleMask) === 0n) this.#addSample(reader);
  }

  result(): BucketSums {
    return {
      rows: this.#rows,
      counts: this.#counts,
      sums: this.#sums,
      sample: [...this.#sample.values()],
    };
  }

  #addSample(reader: BucketReader): void {
    this.#sample.set(reader.rowHash, reader.sortKey());
    if (this.#sample.size < MAX_SAMPLE) return;
    this.#sampleMask = (this.#sampleMask << 1n) | 1n;
    for (const hash of this.#sample.keys()) {
      if ((hash & this.#sampleMask) !== 0n) this.#sample.delete(hash);
    }
  }
}
