import { hexOf, type KeyPart } from '../../core/encoding/key-bytes.js';
import { formatDays, formatMicros, formatTimeOfDay } from '../../core/encoding/temporal.js';
import type { Column, Table } from '../../core/schema.js';
import type { Comparison } from '../key-condition.js';
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
import { AS_TEXT } from './column-types.js';
import { ACCOUNT_PATH } from './session-state.js';

/** Double quotes, with a double quote in the name doubled; NUL cannot be part of a name. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Text as a literal that reads the same under either setting of `standard_conforming_strings`. NUL must not occur.
 *
 * @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE
 */
export function textLiteral(text: string): string {
  const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
}

const BELOW: Literal = { kind: 'below' };
const ABOVE: Literal = { kind: 'above' };
const sql = (text: string): Literal => ({ kind: 'sql', sql: text });

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MIN_INT32 = -(2n ** 31n);
const MAX_INT32 = 2n ** 31n - 1n;
const MICROS_PER_DAY = 86_400_000_000n;

/** The literal of a key value, typed so that an index on the column stays usable. */
export function literal(part: KeyPart, column: Column): Literal {
  switch (part.kind) {
    case 'int':
      return intLiteral(part.value, column);
    case 'decimal':
      return decimalLiteral(part.value, column);
    case 'date':
      return dateLiteral(part.value);
    case 'datetime':
      return timestampLiteral(part.value, 'timestamp');
    case 'instant':
      return timestampLiteral(part.value, 'timestamptz');
    case 'time':
      if (part.value < 0n) return BELOW;
      return part.value > MICROS_PER_DAY ? ABOVE : sql(`'${formatTimeOfDay(part.value)}'::pg_catalog.time`);
    case 'uuid':
      return sql(column.wire === 'uuid' ? `'${part.value}'::pg_catalog.uuid` : castText(part.value, column));
    case 'text':
      return sql(castText(truncateAtNul(part.value), column));
    case 'bytes':
      return sql(`pg_catalog.decode('${hexOf(part.value)}', 'hex')`);
    case 'exact':
      throw withoutLiteral(column);
  }
}

function intLiteral(value: bigint, column: Column): Literal {
  if (column.wire === 'bool') {
    if (value < 0n) return BELOW;
    return value > 1n ? ABOVE : sql(value === 1n ? 'true' : 'false');
  }
  if (column.wire === 'oid') {
    if (value < 0n) return BELOW;
    return value >= 2n ** 32n ? ABOVE : sql(`'${value}'::pg_catalog.oid`);
  }
  if (value < MIN_INT64) return BELOW;
  return value > MAX_INT64 ? ABOVE : sql(`'${value}'::pg_catalog.int8`);
}

/** A whole number against an integer column is written as one, because a `numeric` literal would not use the index. */
function decimalLiteral(value: string, column: Column): Literal {
  if (column.wire === 'numeric') return sql(`'${value}'::pg_catalog.numeric`);
  if (value === '-Infinity') return BELOW;
  if (value === 'NaN' || value === 'Infinity') return ABOVE;
  return /^-?\d+$/.test(value) ? intLiteral(BigInt(value), column) : sql(`'${value}'::pg_catalog.numeric`);
}

function dateLiteral(days: bigint): Literal {
  if (days === MAX_INT32) return sql(`'infinity'::pg_catalog.date`);
  return days === MIN_INT32
    ? sql(`'-infinity'::pg_catalog.date`)
    : sql(`'${formatDays(Number(days))}'::pg_catalog.date`);
}

function timestampLiteral(micros: bigint, type: 'timestamp' | 'timestamptz'): Literal {
  if (micros === MAX_INT64) return sql(`'infinity'::pg_catalog.${type}`);
  if (micros === MIN_INT64) return sql(`'-infinity'::pg_catalog.${type}`);
  const text = formatMicros(micros);
  return sql(`'${type === 'timestamp' ? text : withUtc(text)}'::pg_catalog.${type}`);
}

/** Says the zone of a point in time in UTC, ahead of `BC`; infinity has none. */
export function withUtc(text: string): string {
  if (text.endsWith('infinity')) return text;
  return text.endsWith(' BC') ? `${text.slice(0, -3)}+00 BC` : `${text}+00`;
}

/**
 * `character(n)` must be compared as itself: as `text` its padding would count and its index would not serve. An enum is
 * compared with the label of its own that reads so, because the server refuses a literal that is none.
 */
function castText(text: string, column: Column): string {
  const plain = textLiteral(text);
  if (column.type.kind === 'enum') {
    const labels = `pg_catalog.unnest(pg_catalog.enum_range(NULL::${column.declared}))`;
    return `(SELECT label FROM ${labels} AS label WHERE label::pg_catalog.text OPERATOR(pg_catalog.=) ${plain})`;
  }
  if (column.operatorSchema != null && !isComparedAsText(column)) return `${plain}::${column.declared}`;
  return `${plain}::pg_catalog.${column.wire === 'bpchar' ? 'bpchar' : 'text'}`;
}

/**
 * A path of labels (`ltree`) is only equal to a path, and not every text is one; nor is there more to say of a type whose
 * indexes have no such operators as others have.
 */
function isComparedAsText({ wire, operatorSchema }: Column): boolean {
  return wire === 'ltree' || operatorSchema === null;
}

/** A domain over an enum is only equal to itself, but its index serves the enum as well. */
function keyOperand(column: Column): string {
  const name = quoteName(column.name);
  if (column.type.kind === 'enum') return `${name}::${column.declared}`;
  return isComparedAsText(column) ? `${name}::pg_catalog.text COLLATE pg_catalog."C"` : name;
}

/**
 * An operator of ours is looked up nowhere but where the engine has its own, or where an index of the column's type has it:
 * the search path may lead to another one first, which hides rows or runs what its owner likes.
 *
 * @see https://www.postgresql.org/docs/current/sql-expressions.html#SQL-EXPRESSIONS-OPERATOR-CALLS
 */
function operator(comparison: Comparison, column: Column): string {
  const own = isComparedAsText(column) ? null : (column.operatorSchema ?? null);
  return `OPERATOR(${own === null ? 'pg_catalog' : quoteName(own)}.${comparison})`;
}

/** No value here holds NUL, so what sorts after `a NUL b` is exactly what sorts after `a`. */
function truncateAtNul(text: string): string {
  const at = text.indexOf('\0');
  return at < 0 ? text : text.slice(0, at);
}

/** What stands behind the text of a literal of ours that is cast to a type of the engine. */
const CAST = /'::pg_catalog\.\w+$/;

/** Literals as one array. Those with one cast are one literal, which the server reads faster than a cast for each. */
function joinLiterals(literals: readonly string[]): string {
  const [cast] = CAST.exec(literals[0] ?? '') ?? [];
  const isCast = (text: string): boolean => text.startsWith("'") && text.endsWith(cast ?? '');
  if (cast === undefined || !literals.every(isCast)) return `ARRAY[${literals.join(', ')}]`;
  const texts = literals.map((text) => text.slice(1, -cast.length));
  const all = texts.join('\0');
  if (/["'\\]/.test(all)) return `ARRAY[${literals.join(', ')}]`;
  const elements = /^[-\d\0]+$/.test(all) ? texts.join() : `"${texts.join('","')}"`;
  return `'{${elements}}${cast}[]`;
}

/** A table, without its heirs, with all of them, or with those of them whose rows are no other table's in the run. */
function quoteTable({ schema, name, only, members }: Table): string {
  const quoted = `${only ? 'ONLY ' : ''}${quoteName(schema)}.${quoteName(name)}`;
  if (members.length === 0) return quoted;
  const oids = `ARRAY[${members.map((identity) => BigInt(identity)).join(', ')}]::pg_catalog.oid[]`;
  return `(SELECT * FROM ${quoted} WHERE tableoid OPERATOR(pg_catalog.=) ANY (${oids})) AS ${quoteName(name)}`;
}

/** What statements of any form need to know of this engine. */
export const selects: SelectDialect = {
  quoteName,
  literal,
  keyOperand,
  operator,
  isOneOf: (column, operand, literals) =>
    `${operand} ${operator('=', column)} ANY (${joinLiterals(literals)})`,
  comparesRows: true,
  rowCount: 'pg_catalog.count(*)',
  sampleCondition: (share) => `pg_catalog.random() OPERATOR(pg_catalog.<) ${share.toFixed(9)}`,
  isRepeated: 'pg_catalog.count(*) OPERATOR(pg_catalog.>) 1',
  // No index holds this column, so that none can answer alone; without an order, the others have nothing to offer.
  withoutIndex: { hint: '', condition: 'tableoid IS NOT NULL' },
  selectColumn: ({ name, wire }) =>
    wire === AS_TEXT ? `${quoteName(name)}::pg_catalog.text` : quoteName(name),
  quoteTable,
};

/** The optimizer's `rows` come from two dives into the index: no row is read. */
function readEstimate(rows: readonly ControlRow[]): number | null {
  const match = / rows=(\d+) /.exec(rows[0]?.['QUERY PLAN'] ?? '');
  return match === null ? null : Number(match[1]);
}

export const postgresqlDialect: Dialect = {
  quoteName,
  literal,
  rowSettings: ACCOUNT_PATH,
  buildSelect: (selection) => buildSelect(selects, selection),
  buildCount: (table, where) => buildCount(selects, table, where),
  buildConditionTest: (table, where) => buildConditionTest(selects, table, where),
  buildDuplicateProbe: (probe) => buildDuplicateProbe(selects, probe),
  buildEstimate: (selection) => `EXPLAIN ${buildUnordered(selects, selection)}`,
  readEstimate,
};

/** What to do about an index that does not find what is there. */
export function advisePostgresqlRebuild({ schema }: Table, index: string): string {
  return `Run REINDEX INDEX CONCURRENTLY ${quoteName(schema)}.${quoteName(index)} (bt_index_check of the extension amcheck says what is wrong with it), and run again.`;
}
