import { ByteSink } from '../core/encoding/byte-sink.js';
import type { FieldEncoder } from '../engines/engine.js';
import { COLUMN_WORDS, STATUS_DONE } from '../engines/kernel-opcodes.js';
import type { RowSpan } from '../engines/row-span.js';
import type { CompiledProgram } from './compiled-program.js';
import { type KernelRegions, layOutRegions } from './kernel-layout.js';
import { createKernelInstance, type KernelExports, type KernelModule } from './kernel-module.js';
import type { RowIndex } from './row-index.js';

/** Longer spans are one long row; the TypeScript reader takes it, because the kernel's memory never shrinks. */
const MAX_SPAN_BYTES = 256 << 10;
/** The same for what TypeScript encoders make of a span. */
const MAX_EXTERNAL_BYTES = 1 << 20;
/** Nothing lies at the beginning of the memory, where an address would look like a failure. */
const PROGRAM_AT = 1024;
const PAGE_BYTES = 1 << 16;

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

/**
 * The WebAssembly kernel: a whole span of rows at once to canonical bytes, hashes and key bytes, without a call a row.
 *
 * It never reports an error itself. A span that it cannot read to its end leaves no trace, and the TypeScript reader
 * reads it again: that one is the specification, and finds the words. One kernel serves all readers of a thread.
 */
export class RowKernel {
  readonly #exports: KernelExports;
  readonly #external = new ByteSink();
  #bytes: Buffer;
  #program: CompiledProgram | null = null;
  #base = 0;

  constructor(seed: bigint, module: KernelModule) {
    this.#exports = createKernelInstance(module);
    this.#bytes = Buffer.from(this.#exports.memory.buffer);
    this.#exports.setSeed(Number(seed & 0xffffffffn), Number(seed >> 32n));
  }

  /** How much memory the kernel has taken; it grows with the longest span only. */
  get memoryBytes(): number {
    return this.#bytes.length;
  }

  /**
   * Adds the rows of a span to an index, with hashes of their canonical bytes or, `asSent`, of their wire bytes. Returns
   * false, with the index as it was, where that is not for the kernel.
   */
  indexSpan(program: CompiledProgram, span: RowSpan, index: RowIndex, asSent: boolean): boolean {
    if (!program.isOrdered) return false;
    const lastKey = index.count === 0 ? null : index.keyAt(index.count - 1);
    const lastKeyBytes = lastKey?.length ?? 0;
    const regions = this.#prepare(program, span, { lastKeyBytes, withExternals: !asSent });
    if (regions === null) return false;
    lastKey?.copy(this.#bytes, regions.keys);
    const hasLast = lastKey === null ? 0 : 1;
    const length = span.end - span.start;
    const keyBase = index.keys.length;
    const form = asSent ? 1 : 0;
    const status = this.#exports.indexRows(length, span.rows, lastKeyBytes, hasLast, keyBase, form);
    if (status !== STATUS_DONE) return false;
    index.addRows({
      ...this.#results(regions, span.rows),
      keyBytes: this.#bytes,
      keyStart: regions.keys + lastKeyBytes,
    });
    return true;
  }

  /** Hashes the rows of a span, in whatever order they are; null where that is not for the kernel. */
  hashSpan(program: CompiledProgram, span: RowSpan): HashedRows | null {
    const regions = this.#prepare(program, span, { lastKeyBytes: 0, withExternals: true });
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

  /** Puts program, span and external values into memory; null where the span is too long or unreadable. */
  #prepare(
    program: CompiledProgram,
    span: RowSpan,
    { lastKeyBytes, withExternals }: { readonly lastKeyBytes: number; readonly withExternals: boolean },
  ): KernelRegions | null {
    const inputBytes = span.end - span.start;
    if (inputBytes > MAX_SPAN_BYTES) return null;
    if (this.#program !== program) this.#load(program);
    const externals = withExternals ? program.externalEncoders.length : 0;
    const sizes = {
      rows: span.rows,
      inputBytes,
      externalBytes: 0,
      lastKeyBytes,
      columns: program.columnCount,
      keyColumns: program.keyCount,
      externals,
    };
    let regions = layOutRegions(this.#base, sizes);
    this.#reserve(regions.end);
    span.buffer.copy(this.#bytes, regions.input, span.start, span.end);
    if (externals > 0) {
      this.#setRegions(regions);
      if (!this.#tryEncodeExternals(program, span, regions)) return null;
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
  #tryEncodeExternals(program: CompiledProgram, span: RowSpan, regions: KernelRegions): boolean {
    try {
      return this.#encodeExternals(program, span, regions);
    } catch {
      return false;
    }
  }

  /** Encodes the values that the kernel has no rule for, each behind its length, in the order of rows and columns. */
  #encodeExternals(program: CompiledProgram, span: RowSpan, { list }: KernelRegions): boolean {
    const found = this.#exports.findExternals(span.end - span.start, span.rows, list);
    if (found < 0) return false;
    const entries = new Int32Array(this.#bytes.buffer, list, found * 3);
    const sink = this.#external;
    sink.reset();
    for (let i = 0; i < entries.length; i += 3) {
      const start = span.start + (entries[i + 1] as number);
      const lengthAt = sink.length;
      sink.writeUint32(0);
      const encode = program.externalEncoders[entries[i] as number] as FieldEncoder;
      encode(span.buffer, start, start + (entries[i + 2] as number), sink);
      sink.bytes.writeUInt32LE(sink.length - lengthAt - 4, lengthAt);
      if (sink.length > MAX_EXTERNAL_BYTES) return false;
    }
    return true;
  }

  #load(program: CompiledProgram): void {
    const { framing, columnCount, keyCount, words } = program;
    const fieldsAt = PROGRAM_AT + words.byteLength;
    this.#base = fieldsAt + columnCount * 8;
    this.#reserve(this.#base);
    this.#bytes.set(new Uint8Array(words.buffer), PROGRAM_AT);
    const tablesAt = PROGRAM_AT + columnCount * COLUMN_WORDS * 4;
    this.#exports.setProgram(framing, columnCount, keyCount, PROGRAM_AT, tablesAt, fieldsAt);
    this.#program = program;
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#bytes.length;
    if (missing <= 0) return;
    this.#exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.#bytes = Buffer.from(this.#exports.memory.buffer);
  }
}
