import { type CanonicalType, textTypeOf } from './canonical-type.js';
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
 * How the rows of a table pair meet: `range` walks both sides in the order of a key that they share, `bucket` reads each
 * side in its own order.
 */
export type Strategy = 'range' | 'bucket';

/**
 * Names a planned table by what stands on both sides. It is the same in every run over these schemas, whatever else a run
 * takes in, so that what is known of a table can be kept beyond one.
 */
export type TableId = string;

/** The name of a planned table, of which one side may be missing. */
export function tableId(source: Table | null, target: Table | null): TableId {
  return JSON.stringify([source, target].map((table) => table && [table.schema, table.name]));
}

/** Whether a run takes in only the rows that meet a condition, on either side. */
export function isConditional({ where }: Pick<TablePair, 'where'>): boolean {
  return SIDES.some((side) => where[side] !== null);
}

/**
 * A table pair whose rows can be compared. Key columns come first in what is read; `columns` are the other compared
 * ones. A key is empty where nothing tells rows apart but their values; then the strategy is `bucket`.
 */
export interface TablePair {
  readonly id: TableId;
  readonly strategy: Strategy;
  /** Sides on which no index makes sure that the key is unique; only with the bucket strategy. */
  readonly unproven: readonly Side[];
  /** Why no key can be walked by, for people; null with the range strategy. */
  readonly unwalkable: string | null;
  readonly source: Table;
  readonly target: Table;
  readonly key: readonly KeyColumnPair[];
  readonly columns: readonly ColumnPair[];
  /** SQL conditions of the user, verbatim, by the side that they are for. */
  readonly where: Readonly<Record<Side, string | null>>;
}

export type Side = 'source' | 'target';

export const SIDES: readonly Side[] = ['source', 'target'];

/** The compared columns in reading order: key first. */
export function comparedColumns(pair: TablePair): readonly ColumnPair[] {
  return [...pair.key, ...pair.columns];
}

/** `schema.table`, as messages and results name a table. */
export function qualifiedName(table: Pick<Table, 'schema' | 'name'>): string {
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
  const change = source.collationChange ?? target.collationChange ?? null;
  if (change !== null) return { reason: `key column ${source.name} may be sorted in two ways: ${change}` };
  if (isMoney(source) || isMoney(target)) {
    return {
      reason: `key column ${source.name} is an amount of money, whose order the other side has no literal for`,
    };
  }
  if (isOfTwoKinds(pair)) {
    return {
      reason: `key column ${source.name} is ${source.declared} on the source and ${target.declared} on the target, which have no key value in common`,
    };
  }
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

/**
 * Whether the rows of a table pair can be asked for by their keys: not where a value of the key has no literal, nor where
 * an index on it may have another order than its column.
 */
export function isLookedUp({ key }: Pick<TablePair, 'key'>): boolean {
  return (
    key.length > 0 &&
    key.every(
      ({ keyKind, source, target }) =>
        keyKind !== 'exact' && source.collationChange == null && target.collationChange == null,
    )
  );
}

/**
 * Says as which kind of key value a pair of columns tells rows apart on both sides, whatever their orders are; null
 * where it does not. Of all kinds but `exact`, rows can be looked up by every value as well.
 */
export function chooseLookupKind(pair: ColumnPair): KeyKind | null {
  const { source, target, canonical, rule } = pair;
  if (rule.kind !== 'plain') return null;
  if (isMoney(source) || isMoney(target) || isOfTwoKinds(pair)) return 'exact';
  switch (canonical) {
    case 'int':
    case 'decimal':
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
    case 'bytes':
      return canonical;
    case 'uuid':
      return [source, target].every(isFoundByUuid) ? 'uuid' : null;
    case 'text':
      return textTypeOf(source.type) !== null && textTypeOf(target.type) !== null ? 'text' : null;
    case 'wire':
      return null;
    default:
      // Text spells one value in many ways, and may hold two of them in two rows.
      return source.type.kind === 'text' || target.type.kind === 'text' ? null : 'exact';
  }
}

/** A UUID kept as text is only found in any letter case where the collation does not tell cases apart. */
function isFoundByUuid({ type }: Column): boolean {
  return type.kind !== 'text' || type.uuidOrder === 'any-case';
}

function adaptedKeyReason(
  { name }: Column,
  { assumed, relaxed }: Extract<ColumnRule, { kind: 'adapted' }>,
): string {
  const words = [...assumed, ...relaxed];
  const how = words.length === 0 ? 'by what a float is written as' : `with ${words.join(', ')}`;
  return `key column ${name} is compared ${how}, and the two sides do not sort it alike then`;
}

/** A day against a day with its time, text against bytes: no literal is both. */
function isOfTwoKinds({ source, target, canonical }: ColumnPair): boolean {
  const isMixable = canonical === 'datetime' || canonical === 'bytes';
  return isMixable && source.type.kind !== target.type.kind;
}

function isMoney({ type }: Column): boolean {
  return type.kind === 'money';
}

function isUuidOrdered({ type }: Column): boolean {
  if (type.kind === 'uuid') return type.byteOrder;
  return type.kind === 'text' ? type.uuidOrder !== 'unknown' : type.kind === 'bytes';
}

function isCodepointOrdered({ type }: Column): boolean {
  return type.kind === 'text' && type.order === 'codepoint';
}
