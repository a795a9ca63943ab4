import type { CanonicalType } from '../core/canonical-type.js';
import type { SideRule } from '../core/column-rule.js';
import type { Value } from '../core/difference.js';
import type { ByteSink } from '../core/encoding/byte-sink.js';
import type { Column, ValueType } from '../core/schema.js';
import type { KernelProgram } from './kernel-program.js';

/** Writes one non-null wire value `buffer[start, end)` as canonical bytes. */
export type FieldEncoder = (buffer: Buffer, start: number, end: number, sink: ByteSink) => void;

/** Reads one non-null wire value as exact text for people and for repair SQL. */
export type FieldFormatter = (buffer: Buffer, start: number, end: number) => Value;

/** Positions of the fields of one row; a start of -1 is NULL. */
export interface FieldSpans {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** What the codec needs to know of a column: its wire format and the canonical type chosen for its pair. */
export interface CodecColumn {
  readonly column: Column;
  readonly canonical: CanonicalType;
  /** The type on the other side: a 32-bit value is written in the digits of a 64-bit partner. */
  readonly partner: ValueType;
  /** `plain`, or what is done to canonical values after the engine's own encoding; engines take no notice of it. */
  readonly rule: SideRule;
}

/** Compiled once per column list: splits rows and turns their values into canonical bytes or text. */
export interface RowCodec {
  /** Bytes of framing before each row of a span. */
  readonly headerBytes: number;
  /** Where the row ends that begins behind its header at `start`, in a span that ends at `end`. */
  rowEnd(buffer: Buffer, start: number, end: number): number;
  /** Finds the fields of the row at `offset` and returns where the next row begins. */
  split(buffer: Buffer, offset: number, end: number, spans: FieldSpans): number;
  readonly encoders: readonly FieldEncoder[];
  /** The same as the encoders, for the WebAssembly kernel. */
  readonly program: KernelProgram;
  readonly formatters: readonly FieldFormatter[];
}
