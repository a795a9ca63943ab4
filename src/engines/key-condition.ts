import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { Column } from '../core/schema.js';
import type { KeyRange } from './row-selection.js';
import type { Dialect, Literal } from './sql-dialect.js';

/** The dialect facts that key conditions are built from. */
export type ConditionDialect = Pick<Dialect, 'quoteName' | 'literal'> & {
  /** Whether `(a, b) > (x, y)` uses the index; else the comparison is written out with OR. */
  readonly comparesRows: boolean;
  /** A key column as it is compared with a literal, where that is not by its name alone. */
  readonly keyOperand?: (column: Column) => string;
  /** How an operator of the column's type is written, so that no other one can be meant; by its name alone if left out. */
  readonly operator?: (comparison: Comparison, column: Column) => string;
  /** A condition that an operand is equal to one of some literals, where `IN` would look for an operator by its name. */
  readonly isOneOf?: (column: Column, operand: string, literals: readonly string[]) => string;
};

/** How a key column is compared with a literal. */
export type Comparison = '=' | '<' | '<=' | '>' | '>=';

const TRUE = 'TRUE';
const FALSE = 'FALSE';

interface Operand {
  readonly name: string;
  readonly literal: Literal;
  /** How a comparison of this operand is written. */
  readonly operator: (comparison: Comparison) => string;
}

/** The conditions of a key range, to be joined by AND; empty for an unbounded one. */
export function buildRangeConditions(
  dialect: ConditionDialect,
  key: readonly Column[],
  range: KeyRange,
): string[] {
  const conditions: string[] = [];
  if (range.after !== null)
    conditions.push(buildComparison(dialect, operandsOf(dialect, key, range.after), '>'));
  if (range.upTo !== null)
    conditions.push(buildComparison(dialect, operandsOf(dialect, key, range.upTo), '<='));
  return conditions.filter((condition) => condition !== TRUE);
}

/**
 * The number of the part in which a row is, where ascending keys end the parts: the keys are tried as in a binary search.
 *
 * A row has the number `i` exactly where it is not up to key `i - 1` and is up to key `i` in the server's own comparison,
 * as a range between the two keys has it. So the parts are these ranges, even if the keys were not ascending for the server.
 */
export function buildPartNumber(
  dialect: ConditionDialect,
  key: readonly Column[],
  ends: readonly (readonly KeyPart[])[],
): string {
  const conditions = ends.map((end) => buildComparison(dialect, operandsOf(dialect, key, end), '<='));
  const search = (low: number, high: number): string => {
    if (low === high) return String(low);
    const middle = (low + high) >> 1;
    return `CASE WHEN ${conditions[middle]} THEN ${search(low, middle)} ELSE ${search(middle + 1, high)} END`;
  };
  return search(0, ends.length);
}

/** A condition that holds for exactly the rows with one of the given keys. */
export function buildKeyListCondition(
  dialect: ConditionDialect,
  key: readonly Column[],
  keys: readonly (readonly KeyPart[])[],
): string {
  const alternatives: string[] = [];
  const [first, ...others] = key;
  if (first === undefined || keys.length === 0) return FALSE;
  if (others.length === 0) {
    const values: string[] = [];
    for (const [part] of keys) {
      const literal = part === undefined ? undefined : dialect.literal(part, first);
      if (literal?.kind === 'sql') values.push(literal.sql);
    }
    if (values.length === 0) return FALSE;
    const name = operandName(dialect, first);
    return `(${dialect.isOneOf?.(first, name, values) ?? `${name} IN (${values.join(', ')})`})`;
  }
  for (const parts of keys) {
    const operands = operandsOf(dialect, key, parts);
    if (operands.some(({ literal }) => literal.kind !== 'sql')) continue;
    const equalities = operands.map(
      ({ name, operator, literal }) => `${name} ${operator('=')} ${sqlOf(literal)}`,
    );
    alternatives.push(`(${equalities.join(' AND ')})`);
  }
  return alternatives.length === 0 ? FALSE : `(${alternatives.join(' OR ')})`;
}

function operandsOf(dialect: ConditionDialect, key: readonly Column[], parts: readonly KeyPart[]): Operand[] {
  return key.flatMap((column, i) => {
    const part = parts[i];
    if (part === undefined) return [];
    const operator = (comparison: Comparison): string => dialect.operator?.(comparison, column) ?? comparison;
    return [{ name: operandName(dialect, column), literal: dialect.literal(part, column), operator }];
  });
}

function operandName(dialect: ConditionDialect, column: Column): string {
  return dialect.keyOperand?.(column) ?? dialect.quoteName(column.name);
}

function sqlOf(literal: Literal | undefined): string {
  return literal?.kind === 'sql' ? literal.sql : 'NULL';
}

function buildComparison(
  dialect: ConditionDialect,
  operands: readonly Operand[],
  comparison: '>' | '<=',
): string {
  const [operator, ...others] = new Set(operands.map((operand) => operand.operator(comparison)));
  if (
    dialect.comparesRows &&
    operands.length > 1 &&
    operands.every(({ literal }) => literal.kind === 'sql') &&
    others.length === 0
  ) {
    const names = operands.map(({ name }) => name).join(', ');
    return `(${names}) ${operator} (${operands.map(({ literal }) => sqlOf(literal)).join(', ')})`;
  }
  return buildExpanded(operands, comparison);
}

/**
 * `a > x OR (a = x AND b > y)`, preceded by `a >= x` so that the optimizer has one range on the leading column. The
 * equality must be said, though `a >= x` implies it: without it the range begins at the first row of `a = x`, and a table
 * with one value of `a` is read from its beginning for every chunk.
 *
 * A bound below or above all values of a column decides the comparison there and then.
 */
function buildExpanded(operands: readonly Operand[], comparison: '>' | '<='): string {
  const [first, ...rest] = operands;
  if (first === undefined) return comparison === '>' ? FALSE : TRUE;
  const { name, literal, operator } = first;
  if (literal.kind === 'below') return comparison === '>' ? TRUE : FALSE;
  if (literal.kind === 'above') return comparison === '>' ? FALSE : TRUE;
  const compare = (written: Comparison): string => `${name} ${operator(written)} ${literal.sql}`;
  if (rest.length === 0) return compare(comparison);
  const tail = buildExpanded(rest, comparison);
  const [strict, within] = comparison === '>' ? (['>', '>='] as const) : (['<', '<='] as const);
  if (tail === TRUE) return compare(within);
  if (tail === FALSE) return compare(strict);
  return `(${compare(within)} AND (${compare(strict)} OR (${compare('=')} AND ${tail})))`;
}
