import type { CopyBounds } from '../engines/row-copies.js';
import type { Assignment, KeyCondition, RowStatement } from './row-statement.js';
import type { AppliedTable } from './undo-statement.js';

/** What the statements of one row want it to be in the end. */
export interface WantedRow {
  readonly kind: 'present' | 'absent' | 'copies';
  /** SQL that finds the row, or where it must not be. */
  readonly where: string;
  readonly assignments: readonly Assignment[];
  /** How many rows are to be like it, where that is all that can be said of it. */
  readonly bounds?: CopyBounds;
}

/** Adds up the statements of one row: a value that was put aside only for a while does not count. */
export function foldStatements(statements: readonly RowStatement[], applied: AppliedTable): WantedRow {
  const [first] = statements;
  if (first !== undefined && first.bounds !== null) return countWanted(first, first.bounds, applied);
  const last = statements.at(-1);
  if (last?.kind === 'delete') return { kind: 'absent', where: joinKey(last.key), assignments: [] };
  const values = new Map<string, string>();
  for (const { assignments } of statements)
    for (const { column, sql } of assignments) values.set(column, sql);
  const assignments = [...values].map(([column, sql]) => ({ column, sql }));
  return { kind: 'present', where: keyAfter(statements, applied), assignments };
}

/**
 * A repair ends with as many copies as the source has. Of what an undo brings back copy by copy, others may have come
 * already when one of them is looked at.
 */
function countWanted(
  { kind, key }: RowStatement,
  { least, most }: CopyBounds,
  { isUndo }: AppliedTable,
): WantedRow {
  const wanted = kind === 'insert' ? (most ?? least) + 1 : least - 1;
  const bounds = isUndo
    ? { least: kind === 'insert' ? wanted : 0, most: kind === 'insert' ? null : wanted }
    : { least: wanted, most: wanted };
  return { kind: 'copies', where: joinKey(key), assignments: [], bounds };
}

/** SQL that finds the row once all of the statements have taken effect: some of them may have changed its key. */
export function keyAfter(statements: readonly RowStatement[], applied: AppliedTable): string {
  let key: readonly KeyCondition[] = statements[0]?.key ?? [];
  for (const { kind, assignments } of statements) {
    if (kind !== 'update') continue;
    const changed = assignments.filter(({ column }) => applied.key.includes(column));
    if (changed.length === 0) continue;
    const kept = key.filter(({ columns }) => !changed.some(({ column }) => columns.includes(column)));
    const replaced = changed.map(({ column, sql }) => ({
      columns: [column],
      sql: `${applied.catalog.dialect.quoteName(column)} = ${sql} AND ${hasValue(column, sql, applied)}`,
    }));
    key = [...kept, ...replaced];
  }
  return joinKey(key);
}

/** SQL that has one row with a column for each assignment, 1 where the row has its value; no row where it is not there. */
export function buildWantedCheck({ where, assignments }: WantedRow, applied: AppliedTable): string {
  const { dialect } = applied.catalog;
  const checks = assignments.map(
    ({ column, sql }, i) => `CASE WHEN ${hasValue(column, sql, applied)} THEN 1 ELSE 0 END AS w${i}`,
  );
  return `SELECT ${['1 AS w', ...checks].join(', ')} FROM ${dialect.quoteOnlyTable(applied.table)} WHERE ${where}`;
}

/** SQL that has a row with the number if the row is as wanted. */
export function buildIsAsWanted(
  { kind, where, assignments, bounds }: WantedRow,
  { number, applied }: { number: number; applied: AppliedTable },
): string {
  const { copies, fromNothing, quoteOnlyTable } = applied.catalog.dialect;
  const table = quoteOnlyTable(applied.table);
  if (bounds !== undefined)
    return `SELECT ${number} AS place${fromNothing} WHERE ${copies.holds({ table, where, bounds })}`;
  const conditions = [where, ...assignments.map(({ column, sql }) => hasValue(column, sql, applied))];
  const exists = `EXISTS (SELECT 1 FROM ${table} WHERE ${conditions.join(' AND ')})`;
  return `SELECT ${number} AS place${fromNothing} WHERE ${kind === 'absent' ? 'NOT ' : ''}${exists}`;
}

function hasValue(column: string, sql: string, { images }: AppliedTable): string {
  const image = images.find(({ name }) => name === column);
  if (image === undefined) throw new RangeError(`Column ${column} was not read`);
  return image.hasValueOf(sql);
}

/** Finds the row before a statement. */
export function joinKey(key: readonly KeyCondition[]): string {
  return key.map(({ sql }) => sql).join(' AND ');
}
