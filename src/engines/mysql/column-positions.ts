import type { ColumnValue, PositionColumn } from '../sql-positions.js';
import { quoteName, textLiteral } from './dialect.js';

export function buildGreatest({ column, ...table }: PositionColumn): string {
  return `SELECT CAST(MAX(${quoteName(column)}) AS CHAR) AS position FROM ${quoteTable(table)}`;
}

export function buildAtLeast({ column, ...table }: PositionColumn, value: ColumnValue): string {
  return `SELECT 1 AS reached FROM ${quoteTable(table)} WHERE ${quoteName(column)} >= ${spell(value)} LIMIT 1`;
}

/** A text that is compared with a number would be turned into a double, and with a time into one only where it is typed. */
function spell({ kind, text }: ColumnValue): string {
  if (kind === 'number') return text;
  return kind === 'time' ? `TIMESTAMP'${text}'` : textLiteral(text);
}

function quoteTable({ schema, table }: Omit<PositionColumn, 'column'>): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}
