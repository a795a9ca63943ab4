import type { ColumnValue, PositionColumn } from '../sql-positions.js';
import { quoteName, textLiteral } from './dialect.js';

export function buildGreatest({ column, ...table }: PositionColumn): string {
  return `SELECT max(${quoteName(column)})::text AS position FROM ${quoteTable(table)}`;
}

/** The untyped literal is taken for what the column is. */
export function buildAtLeast({ column, ...table }: PositionColumn, { text }: ColumnValue): string {
  return `SELECT 1 AS reached FROM ${quoteTable(table)} WHERE ${quoteName(column)} >= ${textLiteral(text)} LIMIT 1`;
}

function quoteTable({ schema, table }: Omit<PositionColumn, 'column'>): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}
