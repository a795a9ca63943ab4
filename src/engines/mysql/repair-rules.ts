import type { Column, Table } from '../../core/schema.js';
import type { RowRule, UniqueRule } from '../repair.js';
import type { ControlRow } from '../session.js';
import { quoteName } from './dialect.js';
import { unescapeQuotes } from './repair-facts.js';

/** The columns whose quoted names stand in an expression; all of them where it names none, as old servers print it. */
export function mentionedColumns(expression: string, { columns }: Table): string[] {
  const names = columns.map(({ name }) => name);
  const found = names.filter((name) => expression.includes(quoteName(name)));
  return found.length === 0 ? names : found;
}

export function buildCheck(table: Table, row: ControlRow): RowRule {
  const expression = row.expression ?? '1';
  return {
    reason: `constraint ${row.name} refuses it`,
    columns: mentionedColumns(expression, table),
    broken: `NOT (${expression})`,
  };
}

/** The partitions that a table has need not hold every row: a range may end, a list may lack the value. */
export function buildPartitionRule(table: Table, rows: readonly ControlRow[]): RowRule[] {
  const { method = '', expression = '' } = rows[0] ?? {};
  const holds = rows.map((row) => row.holds ?? '');
  const rule = (broken: string): RowRule[] => [
    {
      reason: 'no partition of the table holds it',
      columns: mentionedColumns(expression ?? '', table),
      broken,
    },
  ];
  const isSingle = !expression?.includes(',');
  if (/^RANGE/.test(method ?? '') && isSingle) {
    const last = holds.at(-1) ?? 'MAXVALUE';
    return last === 'MAXVALUE' ? [] : rule(`NOT (COALESCE((${expression}) < ${last}, TRUE))`);
  }
  if (/^LIST/.test(method ?? '') && isSingle && !holds.includes('DEFAULT')) {
    const takesNull = holds.some((list) => /(^|,)NULL(,|$)/.test(list));
    return rule(`NOT (COALESCE((${expression}) IN (${holds.join(',')}), ${takesNull ? 'TRUE' : 'FALSE'}))`);
  }
  return [];
}

export function buildReferenceRule(row: ControlRow): RowRule {
  const name = row.column_name ?? '';
  return {
    reason: `column ${name} takes only values of reference system ${Number(row.srid)}`,
    columns: [name],
    broken: `ST_SRID(${quoteName(name)}) <> ${Number(row.srid)}`,
  };
}

interface IndexPart {
  readonly column: Column | null;
  readonly prefix: number | null;
  readonly sql: string;
}

export function buildUnique(table: Table, parts: readonly ControlRow[]): UniqueRule {
  const read = parts.map((row) => readPart(table, row));
  const columns = parts.flatMap((row) =>
    row.column_name == null
      ? mentionedColumns(unescapeQuotes(row.expression ?? ''), table)
      : [row.column_name],
  );
  const prefixes = read.flatMap(({ column, prefix }) =>
    column === null || prefix === null ? [] : [[column.name, prefix] as const],
  );
  return {
    name: parts[0]?.index_name ?? '',
    columns: [...new Set(columns)],
    nullsDistinct: true,
    plainColumns: read.flatMap(({ column }) => (column === null ? [] : [column.name])),
    prefixes: Object.fromEntries(prefixes),
    deferrable: false,
    expressions: read.map(({ sql }) => sql),
    operators: read.map(() => '='),
    predicate: null,
    token: `CONCAT(${read.map(buildToken).join(", ',', ")})`,
  };
}

function readPart(table: Table, row: ControlRow): IndexPart {
  if (row.column_name == null) {
    return { column: null, prefix: null, sql: `(${unescapeQuotes(row.expression ?? 'NULL')})` };
  }
  const column = table.columns.find(({ name }) => name === row.column_name) ?? null;
  const prefix = row.prefix == null ? null : Number(row.prefix);
  const name = quoteName(row.column_name);
  return { column, prefix, sql: prefix === null ? name : `LEFT(${name}, ${prefix})` };
}

/** Values are the same to a collation where their weights are; one that pads takes trailing spaces for nothing. */
function buildToken({ column, sql }: IndexPart): string {
  const isText = column === null || /^(text|enum|set)$/.test(column.type.kind);
  if (!isText) return `HEX(CAST(${sql} AS CHAR))`;
  const text = column === null ? `CAST(${sql} AS CHAR)` : sql;
  const pads = column === null || !/_0900_|_nopad_|^binary$/.test(column.collation ?? '');
  return `HEX(WEIGHT_STRING(${pads ? `TRIM(TRAILING ' ' FROM ${text})` : text}))`;
}
