import type { CanonicalType } from '../../src/core/canonical-type.js';
import { PLAIN } from '../../src/core/column-rule.js';
import type { RowDifference, Value } from '../../src/core/difference.js';
import type { ColumnPair } from '../../src/core/pairing.js';
import type { Column, TextType, ValueType } from '../../src/core/schema.js';
import { diagnoseChanges } from '../../src/diagnosis/column-causes.js';

/** A column for tests that are about its name and its type only. */
export function columnOf(name: string, declared: string, type: ValueType): Column {
  return {
    ...{ name, declared, type, wire: declared.replace(/\(.*/, '') },
    ...{ nullable: true, generated: false, identity: 'none', invisible: false, collation: null },
  };
}

export const TEXT: TextType = {
  ...{ kind: 'text', charset: 'utf8', padded: false, order: 'codepoint', uuidOrder: 'unknown' },
};
const VALUE_TYPES: Readonly<Partial<Record<CanonicalType, ValueType>>> = {
  int: { kind: 'int', bits: 64, unsigned: false },
  decimal: { kind: 'decimal' },
  float: { kind: 'float', bits: 64 },
  text: TEXT,
  bytes: { kind: 'bytes', length: null, fixed: false },
  bits: { kind: 'bits', length: null, numeric: false },
  set: { kind: 'set', text: TEXT },
  date: { kind: 'date' },
  time: { kind: 'time' },
  datetime: { kind: 'datetime' },
  instant: { kind: 'instant' },
  json: { kind: 'json' },
  uuid: { kind: 'uuid', byteOrder: true },
};

/** A column pair of one type; `declared` and `type` are the target's where they matter. */
export function pairOf(
  name: string,
  canonical: CanonicalType,
  target: { readonly declared?: string; readonly type?: ValueType } = {},
): ColumnPair {
  const type = VALUE_TYPES[canonical] ?? TEXT;
  return {
    source: columnOf(name, canonical, type),
    target: columnOf(name, target.declared ?? canonical, target.type ?? type),
    canonical,
    rule: PLAIN,
  };
}

export type Change = readonly [source: Value, target: Value];

/** What is said of changed values of one column, a line for each cause: `letter-case, lower-cased: 2 of 2 proved`. */
export function diagnose(pair: ColumnPair, changes: readonly Change[]): string[] {
  const name = pair.target.name;
  const rows = changes.map(([source, target], i): RowDifference => {
    const values = { source: { [name]: source }, target: { [name]: target } };
    return { kind: 'changed', key: { id: `${i}` }, columns: [name], ...values };
  });
  return diagnoseChanges([pair], rows).map(({ cause, confidence, rows: count, evidence: { detail, of } }) => {
    return `${cause}${detail === '' ? '' : `, ${detail}`}: ${count} of ${of} ${confidence}`;
  });
}

/** The same changes with the sides exchanged. */
export function reversed(changes: readonly Change[]): Change[] {
  return changes.map(([source, target]) => [target, source]);
}
