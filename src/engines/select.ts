import type { KeyPart } from '../core/encoding/key-bytes.js';
import { RowproofError } from '../core/errors.js';
import type { Column } from '../core/schema.js';
import {
  buildKeyListCondition,
  buildPartNumber,
  buildRangeConditions,
  type ConditionDialect,
} from './key-condition.js';
import type { RowSelection } from './row-selection.js';
import type { Questions } from './session.js';

/** What a SELECT needs to know of a dialect beyond its key conditions. */
export interface SelectDialect extends ConditionDialect {
  quoteTable(table: RowSelection['table']): string;
  /** How a column is asked for where its value must arrive in another form than the stored one. */
  selectColumn?(column: RowSelection['columns'][number]): string;
  /** How a table is read past its indexes: words behind its name, and a condition that every row meets. */
  readonly withoutIndex: { readonly hint: string; readonly condition: string | null };
  /** How many rows there are, and whether they are more than one, written so that nothing else can be meant. */
  readonly rowCount: string;
  readonly isRepeated: string;
  /** A condition that about this share of the rows meets, whatever their values are. */
  sampleCondition(share: number): string;
}

/** What a dialect throws where it is asked for a literal of a value that only tells rows apart. */
export function withoutLiteral({ name, declared }: Column): RowproofError {
  return new RowproofError({
    code: 'internal',
    message: `A value of column ${name} (${declared}) has no literal`,
  });
}

/** The rows of a key range, those with one of some keys, or a share of them, in key order. */
export function buildSelect(dialect: SelectDialect, selection: RowSelection): string {
  const { key, range, keys, share } = selection;
  const conditions =
    keys === undefined
      ? buildRangeConditions(dialect, key, range)
      : [buildKeyListCondition(dialect, key, keys)];
  return assemble(
    dialect,
    selection,
    share === undefined ? conditions : [...conditions, dialect.sampleCondition(share)],
  );
}

/** The rows of a key range in no order and without a limit: what an optimizer is asked to estimate. */
export function buildUnordered(dialect: SelectDialect, selection: RowSelection): string {
  const conditions = buildRangeConditions(dialect, selection.key, selection.range);
  const [column] = selection.key;
  const name = column === undefined ? '1' : dialect.quoteName(column.name);
  return `SELECT ${name} FROM ${dialect.quoteTable(selection.table)}${whereClause(selection.where, conditions)}`;
}

/** One row of aggregates over the rows of a key range. */
export function buildAggregate(
  dialect: SelectDialect,
  { table, key, where, range }: Pick<RowSelection, 'table' | 'key' | 'where' | 'range'>,
  aggregates: string,
): string {
  const conditions = buildRangeConditions(dialect, key, range);
  return `SELECT ${aggregates} FROM ${dialect.quoteTable(table)}${whereClause(where, conditions)}`;
}

export interface PartAggregates {
  /** The keys that end all parts of the range but the last. */
  readonly ends: readonly (readonly KeyPart[])[];
  /** What is computed of each row, as `row_hash`, and of the rows of a part. */
  readonly rowHash: string;
  readonly aggregates: string;
  /** Keeps an optimizer from taking the two levels of the statement for one; empty where none would. */
  readonly fence: string;
}

/** A row of aggregates for each part of a key range that has rows. No column of the table can be taken for `part`. */
export function buildPartAggregates(
  dialect: SelectDialect,
  { table, key, where, range }: Pick<RowSelection, 'table' | 'key' | 'where' | 'range'>,
  { ends, rowHash, aggregates, fence }: PartAggregates,
): string {
  const conditions = buildRangeConditions(dialect, key, range);
  const part = buildPartNumber(dialect, key, ends);
  const from = `FROM ${dialect.quoteTable(table)}${whereClause(where, conditions)}${fence}`;
  return `SELECT part, ${aggregates} FROM (SELECT ${part} AS part, ${rowHash} AS row_hash ${from}) AS parts GROUP BY part`;
}

/** How many rows meet a condition of the user's. */
export function buildCount(
  dialect: SelectDialect,
  table: RowSelection['table'],
  where: string | null,
): string {
  return `SELECT ${dialect.rowCount} AS row_count FROM ${dialect.quoteTable(table)}${whereClause(where, [])}`;
}

/** A statement that can be parsed only if a condition of the user's is one expression, and closes no bracket of ours. */
export function buildConditionTest(
  dialect: SelectDialect,
  table: RowSelection['table'],
  where: string,
): string {
  return `SELECT CASE WHEN\n${where}\nTHEN 1 END FROM ${dialect.quoteTable(table)}`;
}

/** One row where two rows have the same values in some columns. */
export function buildDuplicateProbe(
  dialect: SelectDialect,
  { table, columns, where }: Questions['duplicates']['about'],
): string {
  const names = columns.map((column) => dialect.quoteName(column.name)).join(', ');
  const from = `FROM ${dialect.quoteTable(table)}${whereClause(where, [])}`;
  return `SELECT 1 AS found ${from} GROUP BY ${names} HAVING ${dialect.isRepeated} LIMIT 1`;
}

function assemble(dialect: SelectDialect, selection: RowSelection, conditions: readonly string[]): string {
  const { table, columns, key, where, limit, offset, descending } = selection;
  const names = columns
    .map((column) => dialect.selectColumn?.(column) ?? dialect.quoteName(column.name))
    .join(', ');
  const order = key
    .map((column) => `${dialect.quoteName(column.name)}${descending ? ' DESC' : ''}`)
    .join(', ');
  const from = `FROM ${dialect.quoteTable(table)}`;
  // A view has no indexes of its own, and takes no such hint.
  const past = selection.withoutIndex === true && table.kind !== 'view' ? dialect.withoutIndex : null;
  const all = past?.condition == null ? conditions : [...conditions, past.condition];
  return [
    `SELECT ${names} ${from}${past?.hint ?? ''}${whereClause(where, all)}`,
    order === '' ? '' : ` ORDER BY ${order}`,
    limit === null ? '' : ` LIMIT ${limit}`,
    offset === 0 ? '' : ` OFFSET ${offset}`,
  ].join('');
}

/** The user's condition stands on lines of its own, so that a comment at its end cannot swallow ours. */
function whereClause(where: string | null, conditions: readonly string[]): string {
  const all = where === null ? conditions : [`(\n${where}\n)`, ...conditions];
  return all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`;
}
