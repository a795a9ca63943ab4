import type { CanonicalType } from './canonical-type.js';
import type { ColumnRule } from './column-rule.js';
import type { KeyKind } from './encoding/key-bytes.js';
import type { Column, Table } from './schema.js';

/** A source column, its partner, and the canonical type in which they are compared. */
export interface ColumnPair {
  readonly source: Column;
  readonly target: Column;
  readonly canonical: CanonicalType;
  /** `plain` unless the types, or the user, ask for more than equal canonical values. */
  readonly rule: ColumnRule;
}

/** A column of the key by which both sides are walked. */
export interface KeyColumnPair extends ColumnPair {
  readonly keyKind: KeyKind;
}

/**
 * A table pair that can be walked by a shared key. Key columns come first in what is read; `columns` are the other
 * compared ones.
 */
export interface TablePair {
  readonly id: number;
  readonly source: Table;
  readonly target: Table;
  readonly key: readonly KeyColumnPair[];
  readonly columns: readonly ColumnPair[];
  /** SQL conditions of the user, verbatim. */
  readonly sourceWhere: string | null;
  readonly targetWhere: string | null;
}

export type Side = 'source' | 'target';

/** The compared columns in reading order: key first. */
export function comparedColumns(pair: TablePair): readonly ColumnPair[] {
  return [...pair.key, ...pair.columns];
}

/** `schema.table`, as messages and results name a table. */
export function qualifiedName(table: Table): string {
  return `${table.schema}.${table.name}`;
}

export type KeyKindChoice = { readonly keyKind: KeyKind } | { readonly reason: string };

/**
 * Says in which shared order a pair of key columns can be walked, or why the two sides do not sort it alike.
 *
 * A wrong "shared" here would put a row in different chunks on the two sides, so every doubt is a "no".
 */
export function chooseKeyKind(pair: ColumnPair): KeyKindChoice {
  const { source, target, canonical } = pair;
  if (pair.rule.kind !== 'plain') return { reason: adaptedKeyReason(source, pair.rule) };
  switch (canonical) {
    case 'int':
    case 'decimal':
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
    case 'bytes':
      return { keyKind: canonical };
    case 'uuid':
      return isUuidOrdered(source) && isUuidOrdered(target)
        ? { keyKind: 'uuid' }
        : { reason: `key column ${source.name} holds UUIDs that the two sides sort differently` };
    case 'text':
      return isCodepointOrdered(source) && isCodepointOrdered(target)
        ? { keyKind: 'text' }
        : { reason: `key column ${source.name} is text whose order the two collations do not share` };
    default:
      return {
        reason: `key column ${source.name} is ${source.declared}, which has no order that both sides share`,
      };
  }
}

function adaptedKeyReason(
  { name }: Column,
  { assumed, relaxed }: Extract<ColumnRule, { kind: 'adapted' }>,
): string {
  const words = [...assumed, ...relaxed];
  const how = words.length === 0 ? 'by what a float is written as' : `with ${words.join(', ')}`;
  return `key column ${name} is compared ${how}, and the two sides do not sort it alike then`;
}

function isUuidOrdered({ type }: Column): boolean {
  if (type.kind === 'uuid') return type.byteOrder;
  return type.kind === 'text' ? type.uuidOrder !== 'unknown' : type.kind === 'bytes';
}

function isCodepointOrdered({ type }: Column): boolean {
  return type.kind === 'text' && type.order === 'codepoint';
}
