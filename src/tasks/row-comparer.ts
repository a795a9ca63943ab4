import type { DifferenceKind, RowDifference, Value } from '../core/difference.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { encodeNull } from '../core/encoding/canonical.js';
import { noteMark } from '../core/encoding/canonical-number.js';
import { isWithin } from '../core/exact-number.js';
import { comparedColumns, type Side, type TablePair } from '../core/pairing.js';
import type { Tolerance } from '../core/relaxation.js';
import type { FieldEncoder } from '../engines/row-codec.js';
import type { PairKernel } from '../hashing/pair-kernel.js';
import type { RowHash } from '../hashing/row-hash.js';
import { endOf, type RowBatches, RowSplitter, type SplitRow, startOf } from './row-splitter.js';
import { sharesWireBytes } from './shared-wire.js';
import type { TableSide } from './table-side.js';

/** Lists of columns that are kept, so that the rows that differ in the same columns share one. */
const MOST_LISTS = 256;

/** What reading a row again showed. `undecided` columns differ in bytes, which says nothing of their values. */
export interface ComparedRow {
  /** Null where the rows are equal now (or both are gone), as far as can be said. */
  readonly kind: DifferenceKind | null;
  readonly undecided: readonly string[];
  /** Whether the rows are equal now, or gone, and would have one hash: not only to a tolerance, or in other bytes. */
  readonly isInFlight: boolean;
}

interface ComparedColumn {
  readonly name: string;
  readonly tolerance: Tolerance | null;
  /** True for a type without a rule, whose bytes prove nothing where they differ. */
  readonly isUndecidable: boolean;
  /** Whether the same wire bytes are the same value. */
  readonly sharesWire: boolean;
  /** Whether its values have marks. */
  readonly isMarked: boolean;
}

/** How rows are compared. */
export interface ComparerOptions {
  /** Whether the rows were first hashed as they were sent. */
  readonly asSent: boolean;
  /** Spares most fields a comparison here; null has all of them compared. */
  readonly kernel: PairKernel | null;
}

/** Fields that differ together, and the names of their columns. */
interface FieldList {
  readonly fields: readonly number[];
  readonly names: readonly string[];
}

type EncodersOfSides = Readonly<Record<Side, readonly FieldEncoder[]>>;

const NONE: readonly string[] = [];

const GONE: ComparedRow = { kind: null, undecided: NONE, isInFlight: true };
const MISSING: ComparedRow = { kind: 'missing', undecided: NONE, isInFlight: false };
const EXTRA: ComparedRow = { kind: 'extra', undecided: NONE, isInFlight: false };
const CHANGED: ComparedRow = { kind: 'changed', undecided: NONE, isInFlight: false };

/** Compares the rows of a table pair value by value, in canonical bytes. Made once for many rows, which share its memory. */
export class RowComparer {
  readonly #sides: Readonly<Record<Side, TableSide>>;
  readonly #columns: readonly ComparedColumn[];
  readonly #names: readonly string[];
  readonly #allFields: readonly number[];
  readonly #keyFields: readonly number[];
  readonly #splitter: RowSplitter;
  readonly #sinks: Readonly<Record<Side, ByteSink>> = { source: new ByteSink(), target: new ByteSink() };
  readonly #lists = new Map<string, FieldList>();
  #lastList: FieldList = { fields: [], names: NONE };
  /** The changed fields of the row that is compared; only as many as were counted are its own. */
  readonly #changed: Int32Array;
  /** What the values of these fields are told apart by. */
  readonly marks: Readonly<Record<Side, Float64Array>>;
  readonly #asSent: boolean;
  readonly #valueEncoders: EncodersOfSides;
  constructor(
    pair: TablePair,
    sides: Readonly<Record<Side, TableSide>>,
    { asSent, kernel }: ComparerOptions,
  ) {
    this.#sides = sides;
    this.#asSent = asSent;
    this.#valueEncoders = { source: sides.source.valueEncoders, target: sides.target.valueEncoders };
    this.#columns = comparedColumns(pair).map((column) => ({
      name: column.target.name,
      tolerance: column.rule.kind === 'adapted' ? column.rule.tolerance : null,
      isUndecidable: column.canonical === 'wire',
      sharesWire: sharesWireBytes(column, sides),
      isMarked: column.rule.kind === 'plain',
    }));
    this.#names = this.#columns.map(({ name }) => name);
    this.#allFields = this.#columns.map((_, field) => field);
    const count = this.#columns.length;
    this.#changed = new Int32Array(count);
    this.marks = { source: new Float64Array(count), target: new Float64Array(count) };
    this.#keyFields = this.#allFields.slice(0, pair.key.length);
    const sharesWire = this.#columns.map((column) => column.sharesWire);
    this.#splitter = new RowSplitter({ sides, sharesWire, kernel });
  }

  /** Says which rows are compared next, in so many places. */
  begin(batches: RowBatches, places: number): void {
    this.#splitter.begin(batches, places);
  }

  /** Compares the rows of both sides in a place; what is asked of the row afterwards is good until the next one. */
  compare(place: number): ComparedRow {
    const found = this.#splitter.split(place);
    if (found === 'none') return GONE;
    if (found === 'both') return this.#compareFields();
    return found === 'source' ? MISSING : EXTRA;
  }

  /** The columns in which the row that was compared last has changed. */
  get changedColumns(): readonly string[] {
    return this.#lastList.names;
  }

  /** The value that a side of that row has in the column in a place of that list. */
  readChanged(side: Side, place: number): Value {
    return this.#formatField(side, this.#lastList.fields[place] ?? 0);
  }

  /** The row that was compared last, without its key. */
  describe(kind: DifferenceKind): RowDifference {
    if (kind !== 'changed') return this.#describeLoneRow(kind === 'missing' ? 'source' : 'target');
    const { fields, names } = this.#lastList;
    return {
      kind: 'changed',
      key: null,
      columns: names,
      source: this.#format('source', fields),
      target: this.#format('target', fields),
    };
  }

  /** The key of that row. */
  readKey(kind: DifferenceKind): Record<string, Value> {
    return this.#format(kind === 'missing' ? 'source' : 'target', this.#keyFields);
  }

  /** The hash of the values of that row beside its key, which only one side has. */
  hashValues(kind: DifferenceKind, hash: RowHash): bigint {
    const side = kind === 'missing' ? 'source' : 'target';
    const sink = this.#sinks[side];
    sink.reset();
    for (const field of this.#allFields) {
      if (field >= this.#keyFields.length)
        appendField(this.#splitter.rows[side], field, this.#valueEncoders[side][field], sink);
    }
    return hash(sink.bytes, sink.length);
  }

  /** Compares the fields that may differ. */
  #compareFields(): ComparedRow {
    const { fields, from, to } = this.#splitter;
    let count = 0;
    let undecided = NONE;
    for (let i = from; i < to; i++) {
      const field = fields[i] as number;
      const column = this.#columns[field] as ComparedColumn;
      if (this.#isEqual(field, column)) continue;
      if (column.isUndecidable) undecided = [...undecided, column.name];
      else {
        this.#mark(count, column);
        this.#changed[count++] = field;
      }
    }
    if (count === 0) {
      return { kind: null, undecided, isInFlight: undecided.length === 0 && this.#isSameHash() };
    }
    if (!this.#isLastList(count)) this.#listChanged(count);
    return undecided.length === 0 ? CHANGED : { kind: 'changed', undecided, isInFlight: false };
  }

  /** Reads marks off the canonical bytes of a field, which were compared last. */
  #mark(place: number, { isMarked }: ComparedColumn): void {
    const { source, target } = this.marks;
    if (isMarked) {
      noteMark(source, place, this.#sinks.source);
      noteMark(target, place, this.#sinks.target);
    } else source[place] = target[place] = Number.NaN;
  }

  #isEqual(field: number, { tolerance, sharesWire }: ComparedColumn): boolean {
    if (sharesWire && this.#isSameWire(field)) return true;
    if (this.#isSameEncoding(field, this.#valueEncoders)) return true;
    if (tolerance === null) return false;
    const { source: one, target: other } = this.#sinks;
    return isWithin(tolerance, one.bytes.subarray(0, one.length), other.bytes.subarray(0, other.length));
  }

  #isSameWire(field: number): boolean {
    const { source, target } = this.#splitter.rows;
    const [start, other] = [startOf(source, field), startOf(target, field)];
    if (start < 0 || other < 0) return start === other;
    const length = endOf(source, field) - start;
    if (length !== endOf(target, field) - other) return false;
    const [bytes, others] = [source.bytes, target.bytes];
    if (length > LOOP_BYTES) return bytes.compare(others, other, other + length, start, start + length) === 0;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== others[other + i]) return false;
    return true;
  }

  /** Whether the two rows have the same hash: rows that only a tolerance makes equal have two, and were never in flight. */
  #isSameHash(): boolean {
    if (this.#asSent) return this.#allFields.every((field) => this.#isSameWire(field));
    const { source, target } = this.#sides;
    const encoders = { source: source.reader.codec.encoders, target: target.reader.codec.encoders };
    return this.#allFields.every((field) => this.#isSameEncoding(field, encoders));
  }

  /** Compares the canonical bytes of a field, and leaves them in the sinks. */
  #isSameEncoding(field: number, encoders: EncodersOfSides): boolean {
    const { source, target } = this.#sinks;
    encodeField(this.#splitter.rows.source, field, encoders.source[field], source);
    encodeField(this.#splitter.rows.target, field, encoders.target[field], target);
    if (source.length !== target.length) return false;
    if (source.length > LOOP_BYTES) {
      return source.bytes.compare(target.bytes, 0, target.length, 0, source.length) === 0;
    }
    for (let i = 0; i < source.length; i++) if (source.bytes[i] !== target.bytes[i]) return false;
    return true;
  }

  /** Lists the first of the changed fields. */
  #listChanged(count: number): void {
    const fields = [...this.#changed.subarray(0, count)];
    const id = fields.join();
    const known = this.#lists.get(id);
    this.#lastList = known ?? { fields, names: fields.map((field) => this.#names[field] as string) };
    if (known === undefined && this.#lists.size < MOST_LISTS) this.#lists.set(id, this.#lastList);
  }

  /** Whether they are those of the last row, which they mostly are. */
  #isLastList(count: number): boolean {
    const { fields } = this.#lastList;
    if (fields.length !== count) return false;
    for (let i = 0; i < count; i++) if (fields[i] !== this.#changed[i]) return false;
    return true;
  }

  #describeLoneRow(side: Side): RowDifference {
    const values = this.#format(side, this.#allFields);
    return {
      kind: side === 'source' ? 'missing' : 'extra',
      key: null,
      columns: this.#names,
      source: side === 'source' ? values : null,
      target: side === 'target' ? values : null,
    };
  }

  #format(side: Side, fields: readonly number[]): Record<string, Value> {
    const values: Record<string, Value> = {};
    for (const field of fields) {
      const name = this.#names[field] as string;
      const value = this.#formatField(side, field);
      if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true });
      else values[name] = value;
    }
    return values;
  }

  #formatField(side: Side, field: number): Value {
    const row = this.#splitter.rows[side];
    const start = startOf(row, field);
    if (start < 0) return null;
    const format = this.#sides[side].reader.codec.formatters[field];
    return format?.(row.bytes, start, endOf(row, field)) ?? null;
  }
}

/** Below this a byte loop beats the native comparison, whose call costs about as much as this many loop steps. */
const LOOP_BYTES = 48;

function encodeField(row: SplitRow, field: number, encode: FieldEncoder | undefined, sink: ByteSink): void {
  sink.reset();
  appendField(row, field, encode, sink);
}

function appendField(row: SplitRow, field: number, encode: FieldEncoder | undefined, sink: ByteSink): void {
  const start = startOf(row, field);
  if (start < 0) encodeNull(sink);
  else encode?.(row.bytes, start, endOf(row, field), sink);
}
