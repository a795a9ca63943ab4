import { BUCKETS } from '../core/bucket.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { encodeNull } from '../core/encoding/canonical.js';
import { appendKeyBytes, type KeyKind } from '../core/encoding/key-bytes.js';
import { foldKey } from '../core/encoding/key-fold.js';
import type { FieldEncoder, FieldSpans, RowCodec } from '../engines/row-codec.js';
import { eachRow, type RowSpan, type WireRow } from '../engines/row-span.js';
import type { RowHash } from './row-hash.js';
import type { HashedRows } from './row-kernel.js';
import type { RowHasher, RowReader } from './row-reader.js';

/** A row whose key cannot be written as key bytes: text that does not decode, a UUID that is none, NULL. */
export class InexpressibleKey extends Error {}

/** How rows are told apart and hashed. */
export interface BucketRules {
  /** The kinds of the key columns, which come first in a row; none where the whole row is the key. */
  readonly kinds: readonly KeyKind[];
  readonly hasher: RowHasher;
  /** A hash that is the same in every run, by which rows without a key are sorted. */
  readonly constantHash: RowHash;
}

/**
 * Reads rows in whatever order they come: the hash of each and the bucket it falls into, in the kernel where it can.
 * Everything else about a row is only made of those that are asked about, because most rows are equal on both sides.
 */
export class BucketReader {
  /** The hash of the current row, as two halves. */
  low = 0;
  high = 0;
  /** The bucket of the current row. */
  bucket = 0;
  /** Where the current row lies. */
  readonly row: WireRow = { buffer: Buffer.alloc(0), offset: 0, end: 0 };
  readonly #reader: Pick<RowReader, 'codec' | 'program'>;
  readonly #rules: BucketRules;
  readonly #spans: FieldSpans;
  readonly #canonical = new ByteSink();
  readonly #columnEnds: Int32Array;
  #isEncoded = false;

  constructor(reader: Pick<RowReader, 'codec' | 'program'>, rules: BucketRules) {
    this.#reader = reader;
    this.#rules = rules;
    const count = reader.codec.encoders.length;
    this.#spans = { starts: new Int32Array(count), ends: new Int32Array(count) };
    this.#columnEnds = new Int32Array(count);
  }

  /** Makes each row of a span the current one and calls `onRow`. */
  read(span: RowSpan, onRow: () => void): void {
    const { codec, program } = this.#reader;
    const hashed = program === null ? null : (this.#rules.hasher.kernel?.hashSpan(program, span) ?? null);
    if (hashed !== null) this.#readHashed(codec, { span, hashed }, onRow);
    else {
      eachRow(codec, span, (row) => {
        Object.assign(this.row, row);
        const next = this.#encode();
        this.row.end = next;
        this.#hash();
        onRow();
        return next;
      });
    }
  }

  /** Results lie in memory that the next span is put into, and `onRow` reads no other. */
  #readHashed(codec: RowCodec, { span, hashed }: HashedSpan, onRow: () => void): void {
    const rowHalves = halvesOf(hashed.hashes);
    const keyHalves = halvesOf(hashed.keyHashes);
    const isKeyed = this.#rules.kinds.length > 0;
    let at = span.start;
    this.row.buffer = span.buffer;
    for (let i = 0; i < span.rows; i++) {
      this.row.offset = at + codec.headerBytes;
      this.row.end = this.row.offset + (hashed.wireBytes[i] as number);
      at = this.row.end;
      this.low = rowHalves[2 * i] as number;
      this.high = rowHalves[2 * i + 1] as number;
      this.bucket = isKeyed ? (keyHalves[2 * i] as number) & MASK : mixBucket(this.low, this.high);
      this.#isEncoded = false;
      onRow();
    }
  }

  /** The bytes by which differing rows are sorted: the folded key, or a hash of the row that is the same in every run. */
  sortKey(): Buffer {
    if (this.#rules.kinds.length > 0) return foldKey(this.#rules.kinds, this.key());
    this.#encodeOnce();
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(this.#rules.constantHash(this.#canonical.bytes, this.#canonical.length));
    return bytes;
  }

  /** The key bytes of the current row; throws InexpressibleKey. */
  key(): Buffer {
    this.#encodeOnce();
    const key = new ByteSink();
    let start = 0;
    for (const [i, kind] of this.#rules.kinds.entries()) {
      const end = this.#columnEnds[i] as number;
      if (!appendKeyBytes(kind, this.#canonical.bytes, start, end, key)) throw new InexpressibleKey();
      start = end;
    }
    return key.toBuffer();
  }

  #encodeOnce(): void {
    if (!this.#isEncoded) this.#encode();
  }

  #encode(): number {
    const { codec } = this.#reader;
    const { buffer, offset, end } = this.row;
    const next = codec.split(buffer, offset, end, this.#spans);
    const sink = this.#canonical;
    sink.reset();
    for (const [i, encode] of codec.encoders.entries()) {
      const start = this.#spans.starts[i] as number;
      if (start < 0) encodeNull(sink);
      else (encode as FieldEncoder)(buffer, start, this.#spans.ends[i] as number, sink);
      this.#columnEnds[i] = sink.length;
    }
    this.#isEncoded = true;
    return next;
  }

  /** The same hashes as the kernel's: of the canonical bytes of the row, and of those of its key columns. */
  #hash(): void {
    const { hasher, kinds } = this.#rules;
    const { bytes, length } = this.#canonical;
    const hash = hasher.hash(bytes, length);
    this.low = Number(hash & LOW);
    this.high = Number(hash >> 32n);
    if (kinds.length === 0) this.bucket = mixBucket(this.low, this.high);
    else {
      const keyBytes = this.#columnEnds[kinds.length - 1] as number;
      this.bucket = Number(hasher.hash(bytes, keyBytes) & BigInt(MASK));
    }
  }
}

interface HashedSpan {
  readonly span: RowSpan;
  readonly hashed: HashedRows;
}

const LOW = 0xffff_ffffn;
const MASK = BUCKETS - 1;
const BUCKET_BITS = Math.log2(BUCKETS);

/** The halves of 64-bit hashes in WebAssembly memory, which is little-endian everywhere. */
function halvesOf(hashes: BigUint64Array): Uint32Array {
  return new Uint32Array(hashes.buffer, hashes.byteOffset, hashes.length * 2);
}

/**
 * The bucket of a row without a key. It is a mixture of the row hash: plain bits of it would be the same in every hash of
 * a bucket, and so missing from the strength of their sum.
 */
function mixBucket(low: number, high: number): number {
  const mixed = Math.imul(high ^ low, 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca77) >>> (32 - BUCKET_BITS);
}
