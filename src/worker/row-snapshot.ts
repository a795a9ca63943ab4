import type { RowDifference, Value } from '../core/difference.js';
import { ByteSink } from '../core/encoding/byte-sink.js';
import { encodeNull } from '../core/encoding/canonical.js';
import { comparedColumns, type Side, type TablePair } from '../core/pairing.js';
import type { FieldSpans } from '../engines/engine.js';
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

/** Names and numbers of the compared columns of a pair, made once and not for each row. */
interface ComparedNames {
  readonly names: readonly string[];
  readonly all: readonly number[];
}

const namesByPair = new WeakMap<TablePair, ComparedNames>();

function comparedNames(pair: TablePair): ComparedNames {
  const known = namesByPair.get(pair);
  if (known !== undefined) return known;
  const names = comparedColumns(pair).map((column) => column.target.name);
  const made = { names, all: names.map((_, i) => i) };
  namesByPair.set(pair, made);
  return made;
}

/** Compares two rows value by value, in canonical bytes; null where they are equal now (or both are gone). */
export function compareRows({ pair, sides, source, target }: RowComparison): RowDifference | null {
  const { names, all } = comparedNames(pair);
  const format = (
    side: Side,
    row: RowSnapshot | null,
    fields: readonly number[],
  ): Record<string, Value> | null =>
    row === null ? null : Object.fromEntries(fields.map((i) => [names[i], formatField(sides[side], row, i)]));
  const keyFields = all.slice(0, pair.key.length);
  if (source !== null && target !== null) {
    const changed = all.filter((i) => !isFieldEqual(sides, { source, target }, i));
    if (changed.length === 0) return null;
    return {
      kind: 'changed',
      key: format('target', target, keyFields),
      columns: changed.map((i) => names[i] as string),
      source: format('source', source, changed),
      target: format('target', target, changed),
    };
  }
  if (source !== null) {
    const values = format('source', source, all);
    return {
      kind: 'missing',
      key: format('source', source, keyFields),
      columns: names,
      source: values,
      target: null,
    };
  }
  if (target === null) return null;
  const values = format('target', target, all);
  return {
    kind: 'extra',
    key: format('target', target, keyFields),
    columns: names,
    source: null,
    target: values,
  };
}

const sinks: Readonly<Record<Side, ByteSink>> = { source: new ByteSink(), target: new ByteSink() };

function isFieldEqual(
  sides: Readonly<Record<Side, TableSide>>,
  rows: Readonly<Record<Side, RowSnapshot>>,
  field: number,
): boolean {
  for (const side of ['source', 'target'] as const) {
    const sink = sinks[side];
    sink.reset();
    const { wire, spans } = rows[side];
    const start = spans.starts[field] as number;
    if (start < 0) encodeNull(sink);
    else sides[side].reader.codec.encoders[field]?.(wire, start, spans.ends[field] as number, sink);
  }
  const { source, target } = sinks;
  return source.bytes.compare(target.bytes, 0, target.length, 0, source.length) === 0;
}

function formatField({ reader }: TableSide, { wire, spans }: RowSnapshot, field: number): Value {
  const start = spans.starts[field] as number;
  return start < 0
    ? null
    : (reader.codec.formatters[field]?.(wire, start, spans.ends[field] as number) ?? null);
}
