import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { Column } from '../core/schema.js';
import type { Dialect, KeyRange, Literal } from './engine.js';

/** The dialect facts that key conditions are built from. */
export type ConditionDialect = Pick<Dialect, 'quoteName' | 'literal'> & {
  /** Whether `(a, b) > (x, y)` uses the index; else the comparison is written out with OR. */
  readonly comparesRows: boolean;
  /** A key column as it is compared with a literal, where that is not by its name alone. */
  readonly keyOperand?: (column: Column) => string;
};

const TRUE = '1 = 1';
const FALSE = '1 = 0';

interface Operand {
  readonly name: string;
  readonly literal: Literal;
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
    return values.length === 0 ? FALSE : `(${operandName(dialect, first)} IN (${values.join(', ')}))`;
  }
  for (const parts of keys) {
    const operands = operandsOf(dialect, key, parts);
    if (operands.some(({ literal }) => literal.kind !== 'sql')) continue;
    const equalities = operands.map((operand) => `${operand.name} = ${sqlOf(operand.literal)}`);
    alternatives.push(`(${equalities.join(' AND ')})`);
  }
  return alternatives.length === 0 ? FALSE : `(${alternatives.join(' OR ')})`;
}

function operandsOf(dialect: ConditionDialect, key: readonly Column[], parts: readonly KeyPart[]): Operand[] {
  return key.flatMap((column, i) => {
    const part = parts[i];
    return part === undefined
      ? []
      : [{ name: operandName(dialect, column), literal: dialect.literal(part, column) }];
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
  operator: '>' | '<=',
): string {
  if (
    dialect.comparesRows &&
    operands.length > 1 &&
    operands.every(({ literal }) => literal.kind === 'sql')
  ) {
    const names = operands.map(({ name }) => name).join(', ');
    return `(${names}) ${operator} (${operands.map(({ literal }) => sqlOf(literal)).join(', ')})`;
  }
  return buildExpanded(operands, operator);
}

/**
 * `a > x OR (a = x AND b > y)`, preceded by `a >= x` so that the optimizer has one range on the leading column. The
 * equality must be said, though `a >= x` implies it: without it the range begins at the first row of `a = x`, and a table
 * with one value of `a` is read from its beginning for every chunk.
 *
 * A bound below or above all values of a column decides the comparison there and then.
 */
function buildExpanded(operands: readonly Operand[], operator: '>' | '<='): string {
  const [first, ...rest] = operands;
  if (first === undefined) return operator === '>' ? FALSE : TRUE;
  const { name, literal } = first;
  if (literal.kind === 'below') return operator === '>' ? TRUE : FALSE;
  if (literal.kind === 'above') return operator === '>' ? FALSE : TRUE;
  if (rest.length === 0) return `${name} ${operator} ${literal.sql}`;
  const tail = buildExpanded(rest, operator);
  const strict = operator === '>' ? '>' : '<';
  if (tail === TRUE) return `${name} ${strict}= ${literal.sql}`;
  if (tail === FALSE) return `${name} ${strict} ${literal.sql}`;
  return `(${name} ${strict}= ${literal.sql} AND (${name} ${strict} ${literal.sql} OR (${name} = ${literal.sql} AND ${tail})))`;
}
