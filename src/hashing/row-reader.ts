import { ByteSink } from '../core/encoding/byte-sink.js';
import { encodeNull } from '../core/encoding/canonical.js';
import { appendKeyBytes, type KeyKind } from '../core/encoding/key-bytes.js';
import { RowproofError } from '../core/errors.js';
import type { Column } from '../core/schema.js';
import type { FieldEncoder, FieldSpans, RowCodec } from '../engines/row-codec.js';
import { eachRow, type RowSpan, type WireRow } from '../engines/row-span.js';
import {
  type CompiledProgram,
  compileProgram,
  isSameProgram,
  type ReaderKeyColumn,
} from './compiled-program.js';
import type { RowHash } from './row-hash.js';
import type { RowIndex } from './row-index.js';
import type { RowKernel } from './row-kernel.js';

export type { ReaderKeyColumn };

/** What hashes rows: one row at a time, and whole spans in the kernel. Both have the run's seed. */
export interface RowHasher {
  readonly hash: RowHash;
  /** Null has every row read in TypeScript. */
  readonly kernel: RowKernel | null;
}

/** How the rows of a chunk are hashed: both sides alike. */
export interface ChunkHasher extends RowHasher {
  /** Hash the bytes that the server sent instead of canonical ones: only where `meansTheSame` holds of both readers. */
  readonly asSent: boolean;
}

/**
 * Turns wire rows of one column list into canonical bytes, hashes and key bytes. The key's columns come first in a
 * row. One reader belongs to one side of one table pair in one worker; it reuses all of its buffers.
 */
export class RowReader {
  readonly spans: FieldSpans;
  readonly codec: RowCodec;
  readonly #key: readonly ReaderKeyColumn[];
  readonly #row = new ByteSink();
  /** What the kernel runs for this column list; null where it would leave every column to TypeScript. */
  readonly program: CompiledProgram | null;

  constructor(codec: RowCodec, key: readonly ReaderKeyColumn[]) {
    this.codec = codec;
    this.#key = key;
    const count = codec.encoders.length;
    this.program = compileProgram(codec, key);
    this.spans = { starts: new Int32Array(count), ends: new Int32Array(count) };
  }

  /** Empties an index for the rows of a chunk, and forgets rows of one that failed. */
  beginIndex(index: RowIndex, { kernel }: ChunkHasher): void {
    index.reset();
    kernel?.clear();
  }

  /**
   * Adds the rows of a span to an index, in the kernel where it can; those of the last spans once `endIndex` is called.
   * What the kernel leaves is read here row by row, so that what is wrong with a row is said in the same words either way.
   */
  indexSpan(span: RowSpan, index: RowIndex, hasher: ChunkHasher): void {
    const { program } = this;
    const { kernel } = hasher;
    if (program?.isOrdered && kernel !== null) {
      if (kernel.gather(program, span)) return;
      this.endIndex(index, hasher);
      if (kernel.gather(program, span)) return;
    }
    this.#indexEachRow(span, index, hasher);
  }

  /** Adds the rows that the kernel has gathered so far. */
  endIndex(index: RowIndex, hasher: ChunkHasher): void {
    const { program } = this;
    const { kernel, asSent } = hasher;
    if (program === null || kernel === null) return;
    if (!kernel.indexGathered(program, index, asSent)) this.#indexEachRow(kernel.gathered, index, hasher);
    kernel.clear();
  }

  #indexEachRow(span: RowSpan, index: RowIndex, { hash, asSent }: ChunkHasher): void {
    eachRow(this.codec, span, (row) =>
      asSent ? this.#indexRowAsSent(row, index, hash) : this.indexRow(row, index, hash),
    );
  }

  /**
   * Whether equal wire bytes are equal canonical bytes: the same program, and for what it leaves to TypeScript the very
   * same encoders.
   */
  meansTheSame(other: RowReader): boolean {
    return this.program !== null && other.program !== null && isSameProgram(this.program, other.program);
  }

  #indexRowAsSent(row: WireRow, index: RowIndex, hash: RowHash): number {
    const { buffer, offset } = row;
    const next = this.readKey(row, index.keys);
    if (!index.isNextKeyAscending()) throw unorderedRows();
    const sink = this.#row;
    sink.reset();
    sink.reserve(next - offset);
    sink.length = buffer.copy(sink.bytes, 0, offset, next);
    index.add(hash(sink.bytes, sink.length), next - offset);
    return next;
  }

  /** Adds the row at `offset` to an index and returns where the next row begins. */
  indexRow(row: WireRow, index: RowIndex, hash: RowHash): number {
    const { buffer, offset, end } = row;
    const { codec, spans } = this;
    const { encoders } = codec;
    const { starts, ends } = spans;
    const next = codec.split(buffer, offset, end, spans);
    const sink = this.#row;
    sink.reset();
    for (let i = 0; i < encoders.length; i++) {
      const before = sink.length;
      const start = starts[i] as number;
      if (start < 0) encodeNull(sink);
      else (encoders[i] as FieldEncoder)(buffer, start, ends[i] as number, sink);
      if (i < this.#key.length) this.#appendKey(i, buffer, { start: before, end: sink.length }, index.keys);
    }
    if (!index.isNextKeyAscending()) throw unorderedRows();
    index.add(hash(sink.bytes, sink.length), next - offset);
    return next;
  }

  /** The hash of the canonical bytes of the row at `offset`. */
  hashRow({ buffer, offset, end }: WireRow, hash: RowHash): bigint {
    this.codec.split(buffer, offset, end, this.spans);
    const sink = this.#row;
    sink.reset();
    for (let i = 0; i < this.codec.encoders.length; i++) this.encodeField(buffer, i, sink);
    return hash(sink.bytes, sink.length);
  }

  /** Splits the row at `offset` and appends only its key bytes. */
  readKey(row: WireRow, keys: ByteSink): number {
    const next = this.codec.split(row.buffer, row.offset, row.end, this.spans);
    const sink = this.#row;
    sink.reset();
    for (let i = 0; i < this.#key.length; i++) {
      const before = sink.length;
      this.encodeField(row.buffer, i, sink);
      this.#appendKey(i, row.buffer, { start: before, end: sink.length }, keys);
    }
    return next;
  }

  /** Appends the canonical bytes of one field of the row that was split last. */
  encodeField(buffer: Buffer, field: number, sink: ByteSink): void {
    const start = this.spans.starts[field] as number;
    if (start < 0) encodeNull(sink);
    else this.codec.encoders[field]?.(buffer, start, this.spans.ends[field] as number, sink);
  }

  #appendKey(field: number, buffer: Buffer, value: { start: number; end: number }, keys: ByteSink): void {
    const { column, keyKind } = this.#key[field] as ReaderKeyColumn;
    const sorted =
      appendKeyBytes(keyKind, this.#row.bytes, value.start, value.end, keys) &&
      !(keyKind === 'uuid' && this.#isUpperCase(buffer, field, column));
    if (sorted) return;
    const what = UNSORTED[keyKind] ?? 'a value';
    throw keyOrderError(`column ${column.name} holds ${what} which has no place in the order of both sides`);
  }

  /** Under a collation that sorts upper case first, an upper-case UUID stands elsewhere than its bytes would. */
  #isUpperCase(buffer: Buffer, field: number, { type }: Column): boolean {
    if (type.kind !== 'text' || type.uuidOrder === 'any-case') return false;
    const end = this.spans.ends[field] as number;
    for (let i = this.spans.starts[field] as number; i < end; i++) {
      const byte = buffer[i] as number;
      if (byte >= 0x41 && byte <= 0x46) return true;
    }
    return false;
  }
}

const OFF_CALENDAR = 'a date on no calendar, such as 0000-00-00,';

/** What a column of a kind may hold beside values that are sorted. */
const UNSORTED: Partial<Readonly<Record<KeyKind, string>>> = {
  date: OFF_CALENDAR,
  datetime: OFF_CALENDAR,
  instant: OFF_CALENDAR,
  uuid: 'something that is no UUID, or a UUID in capital letters,',
  text: 'text with bytes that are none in its character set,',
};

function unorderedRows(): RowproofError {
  return keyOrderError('its rows do not arrive in the order that both sides share');
}

/** What to do instead says who knows the table's other keys. */
function keyOrderError(reason: string): RowproofError {
  return new RowproofError({
    code: 'key-order',
    message: `The key cannot be walked: ${reason}.`,
  });
}
