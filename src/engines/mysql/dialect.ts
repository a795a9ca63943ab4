import { textTypeOf } from '../../core/canonical-type.js';
import { hexOf, type KeyPart } from '../../core/encoding/key-bytes.js';
import { formatDays, formatMicros, formatTimeOfDay } from '../../core/encoding/temporal.js';
import type { Column, Table } from '../../core/schema.js';
import {
  buildConditionTest,
  buildCount,
  buildDuplicateProbe,
  buildSelect,
  buildUnordered,
  type SelectDialect,
  withoutLiteral,
} from '../select.js';
import type { ControlRow } from '../session.js';
import type { Dialect, Literal } from '../sql-dialect.js';
import { isTypedJson, selectTypedJson } from './typed-json.js';

/** Backticks, with a backtick in the name doubled; NUL cannot be part of a name. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** Text as a hexadecimal literal: no quote, backslash or sql_mode can change what it means. */
export function textLiteral(text: string): string {
  const hex = Buffer.from(text, 'utf8').toString('hex');
  return hex === '' ? "_utf8mb4''" : `_utf8mb4 0x${hex}`;
}

const BELOW: Literal = { kind: 'below' };
const ABOVE: Literal = { kind: 'above' };
const sql = (text: string): Literal => ({ kind: 'sql', sql: text });

/** Microseconds from 2000-01-01 to 0001-01-01 and to 10000-01-01: what DATE and DATETIME can hold. */
const FIRST_MICROS = -63_082_281_600_000_000n;
const END_MICROS = 252_455_616_000_000_000n;
const MICROS_PER_DAY = 86_400_000_000n;
const MAX_TIME_MICROS = 3_020_399_999_999n;

/** The literal of a key value, typed so that an index on the column stays usable. */
export function literal(part: KeyPart, column: Column): Literal {
  switch (part.kind) {
    case 'int':
      return sql(part.value.toString());
    case 'decimal':
      return decimalLiteral(part.value);
    case 'date':
      return (
        within(part.value * MICROS_PER_DAY, FIRST_MICROS, END_MICROS) ??
        sql(`DATE'${formatDays(Number(part.value))}'`)
      );
    case 'datetime':
    case 'instant':
      return within(part.value, FIRST_MICROS, END_MICROS) ?? sql(`TIMESTAMP'${formatMicros(part.value)}'`);
    case 'time':
      return (
        within(part.value, -MAX_TIME_MICROS, MAX_TIME_MICROS + 1n) ??
        sql(`TIME'${formatTimeOfDay(part.value)}'`)
      );
    case 'uuid':
      return column.wire === 'binary'
        ? sql(`0x${part.value.replaceAll('-', '')}`)
        : sql(textLiteral(part.value));
    case 'text':
      return sql(columnText(part.value, column));
    case 'bytes':
      return sql(part.value.length === 0 ? "x''" : `0x${hexOf(part.value)}`);
    case 'exact':
      throw withoutLiteral(column);
  }
}

/**
 * Text in the column's own character set, because the server refuses to compare what it cannot convert. A character
 * that the set does not have becomes `?`; no row has such a key, and one that is called `?` is not taken for it.
 */
function columnText(text: string, { type, collation }: Column): string {
  const plain = textLiteral(text);
  const charset = textTypeOf(type)?.charset ?? 'utf8';
  if (charset === 'utf8' || collation === null) return plain;
  return `CONVERT(${plain} USING ${charset}) COLLATE ${collation}`;
}

function within(value: bigint, first: bigint, end: bigint): Literal | null {
  if (value < first) return BELOW;
  return value >= end ? ABOVE : null;
}

function decimalLiteral(value: string): Literal {
  if (value === '-Infinity') return BELOW;
  return value === 'NaN' || value === 'Infinity' ? ABOVE : sql(value);
}

/** Character sets whose name the driver cannot even read a column's name in. */
const UNKNOWN_TO_DRIVER = /^(dec8|hp8|swe7|keybcs2|geostd8|eucjpms)$/;

/** The stored bytes are the same either way; as bytes they arrive without the name of their character set. */
function selectColumn(column: Column): string {
  const name = quoteName(column.name);
  if (isTypedJson(column)) return selectTypedJson(name);
  return UNKNOWN_TO_DRIVER.test(textTypeOf(column.type)?.charset ?? '') ? `CAST(${name} AS BINARY)` : name;
}

/** What statements of any form need to know of this engine. */
export const selects: SelectDialect = {
  quoteName,
  literal,
  selectColumn,
  comparesRows: false,
  rowCount: 'COUNT(*)',
  sampleCondition: (share) => `RAND(1) < ${share.toFixed(9)}`,
  isRepeated: 'COUNT(*) > 1',
  withoutIndex: { hint: ' USE INDEX ()', condition: null },
  quoteTable: (table) => `${quoteName(table.schema)}.${quoteName(table.name)}`,
};

/** The optimizer's `rows` come from two dives into the index: no row is read. */
function readEstimate(rows: readonly ControlRow[]): number | null {
  const text = rows[0]?.rows ?? null;
  return text === null ? null : Number(text);
}

export const mysqlDialect: Dialect = {
  quoteName,
  literal,
  rowSettings: {},
  buildSelect: (selection) => buildSelect(selects, selection),
  buildCount: (table, where) => buildCount(selects, table, where),
  buildConditionTest: (table, where) => buildConditionTest(selects, table, where),
  buildDuplicateProbe: (probe) => buildDuplicateProbe(selects, probe),
  buildEstimate: (selection) => `EXPLAIN FORMAT=TRADITIONAL ${buildUnordered(selects, selection)}`,
  readEstimate,
};

/** What to do about an index that does not find what is there. */
export function adviseMysqlRebuild({ schema, name }: Table, index: string): string {
  return `Look at the table with CHECK TABLE, rebuild index ${index} with ALTER TABLE ${quoteName(schema)}.${quoteName(name)} FORCE, and run again.`;
}
