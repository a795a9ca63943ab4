import type { RowDifference, Value } from '../core/difference.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { encodeNull } from '../core/encoding/canonical.js';
import { isWithin } from '../core/exact-number.js';
import { type ColumnPair, comparedColumns, type Side, type TablePair } from '../core/pairing.js';
import type { FieldEncoder, FieldSpans } from '../engines/engine.js';
import type { TableSide } from './table-side.js';

/** A copy of one wire row and where its fields lie in it. */
export interface RowSnapshot {
  readonly wire: Buffer;
  readonly spans: FieldSpans;
}

/** Copies the row that was just split, because the socket's buffer is about to be reused. */
export function takeSnapshot(
  row: { readonly buffer: Buffer; readonly offset: number },
  next: number,
  spans: FieldSpans,
): RowSnapshot {
  const wire = Buffer.from(row.buffer.subarray(row.offset, next));
  return {
    wire,
    spans: {
      starts: spans.starts.map((start) => (start < 0 ? -1 : start - row.offset)),
      ends: spans.ends.map((end) => end - row.offset),
    },
  };
}

export interface RowComparison {
  readonly pair: TablePair;
  readonly sides: Readonly<Record<Side, TableSide>>;
  readonly source: RowSnapshot | null;
  readonly target: RowSnapshot | null;
}

/** What reading a row again showed. `undecided` columns differ in bytes, which says nothing of their values. */
export interface ComparedRow {
  /** Null where the rows are equal now (or both are gone), as far as can be said. */
  readonly difference: RowDifference | null;
  readonly undecided: readonly string[];
}

/** The compared columns of a pair with their names and numbers, made once and not for each row. */
interface Compared {
  readonly columns: readonly ColumnPair[];
  readonly names: readonly string[];
  readonly all: readonly number[];
}

const comparedByPair = new WeakMap<TablePair, Compared>();

function comparedOf(pair: TablePair): Compared {
  const known = comparedByPair.get(pair);
  if (known !== undefined) return known;
  const columns = comparedColumns(pair);
  const names = columns.map((column) => column.target.name);
  const made = { columns, names, all: columns.map((_, i) => i) };
  comparedByPair.set(pair, made);
  return made;
}

/** Compares two rows value by value, in canonical bytes. */
export function compareRows({ pair, sides, source, target }: RowComparison): ComparedRow {
  const { columns, names, all } = comparedOf(pair);
  const format = (
    side: Side,
    row: RowSnapshot | null,
    fields: readonly number[],
  ): Record<string, Value> | null =>
    row === null ? null : Object.fromEntries(fields.map((i) => [names[i], formatField(sides[side], row, i)]));
  const keyFields = all.slice(0, pair.key.length);
  if (source !== null && target !== null) {
    const unequal = all.filter(
      (i) => !isFieldEqual(sides, { source, target }, { field: i, pair: columns[i] }),
    );
    const changed = unequal.filter((i) => columns[i]?.canonical !== 'wire');
    const undecided = unequal.filter((i) => !changed.includes(i)).map((i) => names[i] as string);
    if (changed.length === 0) return { difference: null, undecided };
    const difference: RowDifference = {
      kind: 'changed',
      key: format('target', target, keyFields),
      columns: changed.map((i) => names[i] as string),
      source: format('source', source, changed),
      target: format('target', target, changed),
    };
    return { difference, undecided };
  }
  const side = source === null ? 'target' : 'source';
  const row = source ?? target;
  if (row === null) return { difference: null, undecided: [] };
  const values = format(side, row, all);
  const difference: RowDifference = {
    kind: side === 'source' ? 'missing' : 'extra',
    key: format(side, row, keyFields),
    columns: names,
    source: side === 'source' ? values : null,
    target: side === 'target' ? values : null,
  };
  return { difference, undecided: [] };
}

const sinks: Readonly<Record<Side, ByteSink>> = { source: new ByteSink(), target: new ByteSink() };

interface ComparedField {
  readonly field: number;
  readonly pair: ColumnPair | undefined;
}

function isFieldEqual(
  sides: Readonly<Record<Side, TableSide>>,
  rows: Readonly<Record<Side, RowSnapshot>>,
  { field, pair }: ComparedField,
): boolean {
  const tolerance = pair?.rule.kind === 'adapted' ? pair.rule.tolerance : null;
  return compareEncodings(
    (side, sink) => encodeField(sides[side].valueEncoders, rows[side], { field, sink }),
    (source, target) => source.equals(target) || (tolerance !== null && isWithin(tolerance, source, target)),
  );
}

/** Whether two rows have the same hash: rows that a tolerance makes equal need not. */
export function isSameHash(
  { pair, sides }: Pick<RowComparison, 'pair' | 'sides'>,
  rows: Readonly<Record<Side, RowSnapshot>>,
): boolean {
  return comparedColumns(pair).every((_, field) =>
    compareEncodings(
      (side, sink) => encodeField(sides[side].reader.codec.encoders, rows[side], { field, sink }),
      (source, target) => source.equals(target),
    ),
  );
}

function compareEncodings(
  encode: (side: Side, sink: ByteSink) => void,
  compare: (source: Buffer, target: Buffer) => boolean,
): boolean {
  const { source, target } = sinks;
  encode('source', source);
  encode('target', target);
  const isEqual = compare(source.bytes.subarray(0, source.length), target.bytes.subarray(0, target.length));
  source.reset();
  target.reset();
  return isEqual;
}

function encodeField(
  encoders: readonly FieldEncoder[],
  { wire, spans }: RowSnapshot,
  { field, sink }: { readonly field: number; readonly sink: ByteSink },
): void {
  sink.reset();
  const start = spans.starts[field] as number;
  if (start < 0) encodeNull(sink);
  else encoders[field]?.(wire, start, spans.ends[field] as number, sink);
}

function formatField({ reader }: TableSide, { wire, spans }: RowSnapshot, field: number): Value {
  const start = spans.starts[field] as number;
  return start < 0
    ? null
    : (reader.codec.formatters[field]?.(wire, start, spans.ends[field] as number) ?? null);
}
