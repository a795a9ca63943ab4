import { ByteSink } from '../core/encoding/byte-sink.js';
import { RowproofError } from '../core/errors.js';
import { COLUMN_WORDS, STATUS_DONE } from '../engines/kernel-opcodes.js';
import type { FieldEncoder } from '../engines/row-codec.js';
import type { RowSpan } from '../engines/row-span.js';
import type { CompiledProgram } from './compiled-program.js';
import { inputAt, type KernelRegions, layOutRegions } from './kernel-layout.js';
import { createKernelInstance, growMemory, type KernelExports, type KernelModule } from './kernel-module.js';
import type { RowIndex } from './row-index.js';

/**
 * What is gathered before the kernel is called. Sockets bring rows in pieces of 8 to 16 kB; a call for each costs more
 * than what it has to do, and more than this no longer lies in a processor's cache when it is read.
 */
const BATCH_BYTES = 64 << 10;
/** A longer span is one long row; the TypeScript reader takes it, because the kernel's memory never shrinks. */
const MAX_SPAN_BYTES = 256 << 10;
/** The same for what TypeScript encoders make of a span. */
const MAX_EXTERNAL_BYTES = 1 << 20;
/** Nothing lies at the beginning of the memory, where an address would look like a failure. */
const PROGRAM_AT = 1024;

/** Hashes of rows in the order of a span, valid until the kernel is used again. */
export interface HashedRows {
  readonly rows: number;
  /** xxHash64 of the canonical bytes of the key columns. */
  readonly keyHashes: BigUint64Array;
  readonly hashes: BigUint64Array;
  readonly wireBytes: Uint32Array;
  /** The canonical bytes of the key columns, row after row, and where each row's end. */
  readonly keys: Uint8Array;
  readonly keyEnds: Uint32Array;
}

/** Keys of rows in the order of a span: views of the kernel's memory, good until it is used again. */
export interface ReadKeys {
  /** The key bytes, row after row, from `keyStart` on; each row's end counts from there. */
  readonly keyBytes: Buffer;
  readonly keyStart: number;
  readonly keyEnds: Uint32Array;
  readonly wireBytes: Uint32Array;
}

/**
 * The WebAssembly kernel: many rows at once to canonical bytes, hashes and key bytes, without a call a row.
 *
 * It never reports an error itself. Rows that it cannot read to their end leave no trace, and the TypeScript reader reads
 * them again: that one is the specification, and finds the words.
 */
export class RowKernel {
  readonly #exports: KernelExports;
  readonly #external = new ByteSink();
  #bytes: Buffer;
  #program: CompiledProgram | null = null;
  #base = 0;
  #input = 0;
  readonly #gathered = { end: 0, rows: 0 };

  constructor(seed: bigint, module: KernelModule) {
    this.#exports = createKernelInstance(module);
    this.#bytes = Buffer.from(this.#exports.memory.buffer);
    this.#exports.setSeed(Number(seed & 0xffffffffn), Number(seed >> 32n));
  }

  /** How much memory the kernel has taken; it grows with the longest span only. */
  get memoryBytes(): number {
    return this.#bytes.length;
  }

  /** Copies a span to where the kernel reads it. Returns false where there is no room for it behind what is there. */
  gather(program: CompiledProgram, { buffer, start, end, rows }: RowSpan): boolean {
    const most = this.#gathered.rows === 0 ? MAX_SPAN_BYTES : BATCH_BYTES;
    if (this.#gathered.end + end - start > most) return false;
    if (this.#program !== program) {
      if (this.#gathered.rows > 0) throw lostRows();
      this.#load(program);
    }
    const at = this.#input + this.#gathered.end;
    buffer.copy(this.#bytes, at, start, end);
    this.#gathered.end += end - start;
    this.#gathered.rows += rows;
    return true;
  }

  /** The rows that were gathered since they were last cleared, good until the kernel is used again. */
  get gathered(): RowSpan {
    const { end, rows } = this.#gathered;
    return { buffer: this.#bytes, start: this.#input, end: this.#input + end, rows };
  }

  /** Forgets the rows that were gathered. */
  clear(): void {
    this.#gathered.end = 0;
    this.#gathered.rows = 0;
  }

  /**
   * Adds the rows that were gathered to an index, with hashes of their canonical bytes or, `asSent`, of their wire
   * bytes. Returns false, with the index as it was, where that is not for the kernel.
   */
  indexGathered(program: CompiledProgram, index: RowIndex, asSent: boolean): boolean {
    if (this.#gathered.rows === 0) return true;
    const lastKey = index.count === 0 ? null : index.keyAt(index.count - 1);
    const rows = this.#index(program, { lastKey, keyBase: index.keys.length, asSent });
    if (rows === null) return false;
    index.addRows(rows);
    return true;
  }

  /**
   * Reads the keys of the rows that were gathered, which ascend from the last one before them. Null where that is not for
   * the kernel, or where they do not.
   */
  readKeys(program: CompiledProgram, lastKey: Buffer | null): ReadKeys | null {
    return this.#index(program, { lastKey, keyBase: 0, asSent: true });
  }

  #index(
    program: CompiledProgram,
    { lastKey, keyBase, asSent }: { readonly lastKey: Buffer | null; keyBase: number; asSent: boolean },
  ): (ReadKeys & { readonly hashes: BigUint64Array }) | null {
    const { rows, end: length } = this.#gathered;
    const lastKeyBytes = lastKey?.length ?? 0;
    const regions = this.#prepare(program, { lastKeyBytes, withExternals: !asSent });
    if (regions === null) return null;
    lastKey?.copy(this.#bytes, regions.keys);
    const hasLast = lastKey === null ? 0 : 1;
    const status = this.#exports.indexRows(length, rows, lastKeyBytes, hasLast, keyBase, asSent ? 1 : 0);
    if (status !== STATUS_DONE) return null;
    return {
      ...this.#results(regions, rows),
      keyBytes: this.#bytes,
      keyStart: regions.keys + lastKeyBytes,
    };
  }

  /** Hashes the rows of a span, in whatever order they are; null where that is not for the kernel. */
  hashSpan(program: CompiledProgram, span: RowSpan): HashedRows | null {
    this.clear();
    if (!this.gather(program, span)) return null;
    const regions = this.#prepare(program, { lastKeyBytes: 0, withExternals: true });
    if (regions === null) return null;
    const { rows } = span;
    if (this.#exports.hashRows(span.end - span.start, rows, 0) !== STATUS_DONE) return null;
    const { buffer } = this.#bytes;
    const results = this.#results(regions, rows);
    const keyBytes = results.keyEnds[rows - 1] ?? 0;
    return {
      rows,
      ...results,
      keyHashes: new BigUint64Array(buffer, regions.keyHashes, rows),
      keys: this.#bytes.subarray(regions.keys, regions.keys + keyBytes),
    };
  }

  #results(
    regions: KernelRegions,
    rows: number,
  ): { hashes: BigUint64Array; keyEnds: Uint32Array; wireBytes: Uint32Array } {
    const { buffer } = this.#bytes;
    return {
      hashes: new BigUint64Array(buffer, regions.hashes, rows),
      keyEnds: new Uint32Array(buffer, regions.keyEnds, rows),
      wireBytes: new Uint32Array(buffer, regions.wireBytes, rows),
    };
  }

  /** Lays out what the gathered rows need and puts external values into memory; null where one is unreadable. */
  #prepare(
    program: CompiledProgram,
    { lastKeyBytes, withExternals }: { readonly lastKeyBytes: number; readonly withExternals: boolean },
  ): KernelRegions | null {
    const externals = withExternals ? program.externalEncoders.length : 0;
    const sizes = {
      rows: this.#gathered.rows,
      inputBytes: this.#gathered.end,
      externalBytes: 0,
      lastKeyBytes,
      columns: program.columnCount,
      keyColumns: program.keyCount,
      externals,
    };
    let regions = layOutRegions(this.#base, sizes);
    this.#reserve(regions.end);
    if (externals > 0) {
      this.#setRegions(regions);
      if (!this.#tryEncodeExternals(program, regions)) return null;
      regions = layOutRegions(this.#base, { ...sizes, externalBytes: this.#external.length });
      this.#reserve(regions.end);
      this.#external.bytes.copy(this.#bytes, regions.external, 0, this.#external.length);
    }
    this.#setRegions(regions);
    return regions;
  }

  #setRegions({ row, input, external, keys, keyEnds, hashes, wireBytes, keyHashes }: KernelRegions): void {
    this.#exports.setRegions(row, input, external, keys);
    this.#exports.setResults(keyEnds, hashes, wireBytes, keyHashes);
  }

  /** A value that an encoder refuses is met again by the TypeScript reader, after what may be wrong with earlier rows. */
  #tryEncodeExternals(program: CompiledProgram, regions: KernelRegions): boolean {
    try {
      return this.#encodeExternals(program, regions);
    } catch {
      // The other reader meets the value again, and says what is wrong with it.
      return false;
    }
  }

  /** Encodes the values that the kernel has no rule for, each behind its length, in the order of rows and columns. */
  #encodeExternals(program: CompiledProgram, { list }: KernelRegions): boolean {
    const found = this.#exports.findExternals(this.#gathered.end, this.#gathered.rows, list);
    if (found < 0) return false;
    const entries = new Int32Array(this.#bytes.buffer, list, found * 3);
    const sink = this.#external;
    sink.reset();
    for (let i = 0; i < entries.length; i += 3) {
      const start = this.#input + (entries[i + 1] as number);
      const lengthAt = sink.length;
      sink.writeUint32(0);
      const encode = program.externalEncoders[entries[i] as number] as FieldEncoder;
      encode(this.#bytes, start, start + (entries[i + 2] as number), sink);
      sink.bytes.writeUInt32LE(sink.length - lengthAt - 4, lengthAt);
      if (sink.length > MAX_EXTERNAL_BYTES) return false;
    }
    return true;
  }

  #load(program: CompiledProgram): void {
    const { framing, columnCount, keyCount, words } = program;
    const fieldsAt = PROGRAM_AT + words.byteLength;
    this.#base = fieldsAt + columnCount * 8;
    this.#input = inputAt(this.#base);
    this.#reserve(this.#input + MAX_SPAN_BYTES);
    this.#bytes.set(new Uint8Array(words.buffer), PROGRAM_AT);
    const tablesAt = PROGRAM_AT + columnCount * COLUMN_WORDS * 4;
    this.#exports.setProgram(framing, columnCount, keyCount, PROGRAM_AT, tablesAt, fieldsAt);
    this.#program = program;
  }

  #reserve(bytes: number): void {
    this.#bytes = growMemory(this.#exports, this.#bytes, bytes);
  }
}

function lostRows(): RowproofError {
  return new RowproofError({ code: 'internal', message: 'Rows were gathered that nobody hashed' });
}
