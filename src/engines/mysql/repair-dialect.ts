import { civilFromDays, daysFromCivil } from '../../core/encoding/temporal.js';
import type { Column, Table } from '../../core/schema.js';
import { hasHidden } from '../file-text.js';
import { type IgnoredInText, referenceText } from '../reference-text.js';
import { rememberText, rememberThing } from '../remember.js';
import type {
  AsideChecks,
  ForeignKey,
  ReferencedRow,
  RepairDialect,
  RepairLiteral,
  RepairValue,
} from '../repair.js';
import { declaredNumbers } from '../repair-limits.js';
import { readTypedValue, refusalOf, type TypedValue, unwritable } from '../repair-value.js';
import { UsualWriter } from '../usual-spelling.js';
import { MYSQL_NOTES } from './change-notes.js';
import type { Charset } from './charset.js';
import { quoteName, textLiteral } from './dialect.js';
import { encodableTest } from './encodable-text.js';
import { floatLiteral, singleLiteral } from './float-literal.js';
import { findRefusal } from './repair-limits.js';
import { MYSQL_COPIES } from './row-copies.js';
import { WITHOUT_ROW_LIMITS } from './session-variables.js';
import { hasTypedScalars, isTypedJson, selectTypedJson } from './typed-json.js';
import { chooseMysqlSpelling } from './usual-spelling.js';

/** What the dialect must know of the server. */
export interface ServerFacts {
  readonly version: string;
  readonly charsets: ReadonlyMap<string, Charset>;
  /** The server's `max_allowed_packet`; no limit where it is absent. */
  readonly mostStatementBytes?: number;
  /** What the file asks of the server because the reading account did not see every foreign key. */
  readonly unseenStatements?: readonly string[];
}

/**
 * Strict, so that a value that does not fit ends the file instead of being cut; zero and impossible dates stay
 * writable, because a table may hold them; a 0 in an AUTO_INCREMENT column is a 0.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html
 */
const SQL_MODE = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';

/** Without these a CHECK would be passed over, and rows be looked for in the past. */
const MARIADB_STATEMENTS: readonly string[] = [
  'SET SESSION check_constraint_checks = 1, SESSION system_versioning_asof = DEFAULT;',
];

/** The name of a column, which is spelled once for all of its values. */
const nameOf = rememberThing(({ name }: Column) => quoteName(name));

const sql = (text: string): RepairLiteral => ({ kind: 'sql', sql: text });

/** The repair dialect of MySQL and MariaDB. */
export function createMysqlRepairDialect(server: ServerFacts): RepairDialect {
  const { version, charsets, mostStatementBytes = 2 ** 30, unseenStatements = [] } = server;
  const isMariadb = /mariadb/i.test(version);
  const facts = { version, encodable: encodableTest(charsets) };
  const typed = (value: RepairValue): TypedValue | Extract<RepairLiteral, { kind: 'unwritable' }> => {
    if (typeof value.value === 'string' && isTypedJson(value.from) && hasTypedScalars(value.value)) {
      return unwritable(value.to, 'would get dates or bytes inside a document, which its text cannot say');
    }
    const found = readTypedValue(value);
    if (found.kind === 'unwritable') return found;
    const refusal = findRefusal(found, value, facts);
    return refusal === null ? found : unwritable(value.to, refusal);
  };
  const usual = new UsualWriter(chooseMysqlSpelling(charsets, asUtf8));
  const program = isMariadb ? 'mariadb' : 'mysql';
  const client = `${program} --no-defaults --binary-mode --max-allowed-packet=1G --host=HOST --user=USER --password DATABASE`;
  const quoteTable = (table: Table): string => `${quoteName(table.schema)}.${quoteName(table.name)}`;
  return {
    applyCommand: `${client} < FILE`,
    notingCommand: `${client} --skip-column-names --unbuffered < FILE >> TOLD`,
    toldCommand: `cat TOLD FILE | ${client}`,
    sessionStatements: [
      'SET NAMES utf8mb4;',
      `SET SESSION sql_mode = '${SQL_MODE}';`,
      "SET SESSION time_zone = '+00:00';",
      'SET SESSION foreign_key_checks = 1, SESSION unique_checks = 1, SESSION sql_safe_updates = 0;',
      `SET SESSION sql_auto_is_null = 0, ${WITHOUT_ROW_LIMITS}, SESSION timestamp = DEFAULT;`,
      "SET SESSION autocommit = 1, SESSION completion_type = 'NO_CHAIN';",
      ...(isMariadb ? MARIADB_STATEMENTS : []),
      ...unseenStatements,
    ],
    begin: 'START TRANSACTION;',
    commit: 'COMMIT;',
    escapeStrings: false,
    deletesOwnParent: false,
    quoteName: rememberText(quoteName),
    quoteTable: rememberThing(quoteTable),
    quoteOnlyTable: rememberThing(quoteTable),
    insertOverride: () => '',
    fromNothing: ' FROM DUAL',
    toLines,
    findRefusal: (value) => (usual.accepts(value) ? null : refusalOf(typed(value))),
    literal: (value) => {
      const text = usual.literal(value);
      if (text !== null) return sql(text);
      const found = typed(value);
      return found.kind === 'unwritable' ? found : sql(spell(found, value.to));
    },
    buildKeyCondition: (value) => usual.key(value) ?? buildKeyCondition(typed(value), value.to),
    mostStatementBytes,
    buildTypedValue: (value) => {
      const found = typed(value);
      return found.kind === 'unwritable' ? null : inColumnCollation(spell(found, value.to), value.to);
    },
    asideChecks: ASIDE_CHECKS,
    notes: MYSQL_NOTES,
    copies: MYSQL_COPIES,
    buildGuard: (value) => usual.guard(value) ?? buildGuard(readTypedValue(value), value),
    buildNotReferred,
    referenceText: (value) => referenceText(typed(value), ignoredInText(value.to)),
    buildSameKey: (left, right) => `${left} = ${right}`,
  };
}

/**
 * What the collation's name says; one that is older than such names ignores letter case and accents.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/charset-collation-names.html
 */
function ignoredInText({ collation }: Column): IgnoredInText {
  const name = collation ?? 'binary';
  const isExact = /_bin$|^binary$|_cs$/.test(name);
  return {
    letterCase: !isExact,
    accents: !isExact && !/_as_/.test(name),
    trailingSpaces: !/_0900_|_nopad_|^binary$/.test(name),
  };
}

/** A text literal compares as the column does. */
function inColumnCollation(literal: string, { collation, type }: Column): string {
  const isText = type.kind === 'text' || type.kind === 'enum' || type.kind === 'set';
  if (!isText || collation === null || literal === 'NULL') return literal;
  const [charset = 'utf8mb4'] = collation.split('_');
  return `CONVERT(${literal} USING ${quoteName(charset)}) COLLATE ${quoteName(collation)}`;
}

/**
 * Counts the rows that were put aside and brought back. The client prints nothing of it; where the two differ, a
 * statement that cannot be prepared ends the file, and the server takes the transaction back.
 */
const ASIDE_CHECKS: AsideChecks = {
  begin: ['SET @rowproof_aside = 0;'],
  forRow: () => [],
  end: [
    "SET @rowproof_check = IF(@rowproof_aside = 0, 'DO 0', 'SELECT `rowproof: a row put aside was not found again`');",
    'PREPARE rowproof_check FROM @rowproof_check;',
    'EXECUTE rowproof_check;',
  ],
};

/** A name has no escapes: a statement that would hold a raw control character goes as bytes, and is prepared. */
function toLines(statement: string): readonly string[] {
  if (!hasHidden(statement)) return [statement];
  return [
    `SET @rowproof_statement = ${utf8Literal(statement.replace(/;$/, ''))};`,
    'PREPARE rowproof_statement FROM @rowproof_statement;',
    'EXECUTE rowproof_statement;',
  ];
}

const bytesLiteral = (hex: string): string => (hex === '' ? "x''" : `0x${hex}`);
const utf8Literal = (text: string): string => bytesLiteral(Buffer.from(text, 'utf8').toString('hex'));

/** Strings are hexadecimal, so that no sql_mode changes what they mean and no quote can end them. */
function spell(value: TypedValue, to: Column): string {
  switch (value.kind) {
    case 'null':
      return 'NULL';
    case 'number':
      return to.type.kind === 'float' ? floatLiteral(value.text, to.type.bits) : value.text;
    case 'boolean':
      return value.value ? '1' : '0';
    case 'bits':
      return `b'${value.text}'`;
    case 'bytes':
      return bytesLiteral(value.hex);
    case 'temporal':
    case 'uuid':
      return `'${value.text}'`;
    case 'structured':
    case 'text':
      return textLiteral(value.text);
  }
}

/** The first condition finds the index, the second holds only for the very bytes: a `_ci` key has neighbours. */
function buildKeyCondition(
  value: TypedValue | Extract<RepairLiteral, { kind: 'unwritable' }>,
  column: Column,
): string | null {
  if (value.kind === 'unwritable' || value.kind === 'null') return null;
  // A FLOAT is compared as the double that it is, which the few digits it is shown with are not.
  const isSingle = value.kind === 'number' && column.type.kind === 'float' && column.type.bits === 32;
  const literal = isSingle ? singleLiteral(value.text) : spell(value, column);
  const plain = `${nameOf(column)} = ${literal}`;
  return value.kind === 'text' ? `${plain} AND ${asUtf8(column)} = ${utf8Literal(value.text)}` : plain;
}

const asUtf8 = (column: Column): string => `CAST(CONVERT(${nameOf(column)} USING utf8mb4) AS BINARY)`;

/** Text is compared by bytes: a collation would take `a` for `A` and, padded, `a` for `a `. */
function buildGuard(
  value: ReturnType<typeof readTypedValue>,
  { value: raw, to }: RepairValue,
): string | null {
  const name = nameOf(to);
  if (value.kind === 'bytes' && (to.type.kind === 'geometry' || to.wire === 'vector')) {
    return `CAST(${name} AS BINARY) <=> ${bytesLiteral(value.hex)}`;
  }
  if (raw !== null && typeof raw === 'object' && to.type.kind !== 'bytes') {
    return to.type.kind === 'text' ? `CAST(${name} AS BINARY) <=> ${bytesLiteral(raw.hex)}` : null;
  }
  if (raw === null) return `${name} IS NULL`;
  if (to.wire === 'json' && typeof raw === 'string') return jsonGuard(raw, to);
  if (value.kind === 'unwritable') return null;
  if (value.kind === 'number' && to.type.kind === 'float' && to.type.bits === 32)
    return `${name} <=> ${singleLiteral(value.text)}`;
  if (value.kind === 'text') return `${asUtf8(to)} <=> ${utf8Literal(value.text)}`;
  if (value.kind === 'bits') return `${name} + 0 <=> ${BigInt(`0b${value.text}`)}`;
  if (value.kind === 'temporal') return temporalGuard(name, value.text, to);
  return `${name} <=> ${spell(value, to)}`;
}

/**
 * A document that is no plain JSON equals no cast of its text, so it is found by the text that the server makes of it; a
 * document that was written as text is found by its value.
 */
function jsonGuard(text: string, to: Column): string {
  const name = nameOf(to);
  const byText = (expression: string): string =>
    `CAST(CONVERT(${expression} USING utf8mb4) AS BINARY) <=> ${utf8Literal(text)}`;
  if (hasTypedScalars(text)) return byText(selectTypedJson(name));
  const byValue = `${name} <=> CAST(${textLiteral(text)} AS JSON)`;
  // One or the other, in words that a file may hold: an OR could widen a key.
  return isTypedJson(to) ? byValue : `NOT (NOT (${byText(name)}) AND NOT (${byValue}))`;
}

/** A typed literal of a date that is on no calendar is an error in strict mode; its text is compared instead. */
function temporalGuard(name: string, text: string, to: Column): string {
  const { type } = to;
  if (type.kind === 'time') return `${name} <=> TIME'${text}'`;
  const date = text.slice(0, 10);
  const isRegular = !date.startsWith('0000') && isOnCalendar(date);
  if (isRegular) return `${name} <=> ${type.kind === 'date' ? 'DATE' : 'TIMESTAMP'}'${text}'`;
  return `CAST(${name} AS CHAR) <=> '${type.kind === 'date' ? date : withDeclaredFraction(text, to)}'`;
}

/** As the server writes it: with all digits that the column has behind the second. */
function withDeclaredFraction(text: string, to: Column): string {
  const [second = '', fraction = ''] = text.split('.');
  const [digits = 0] = declaredNumbers(to);
  return digits === 0 ? second : `${second}.${fraction.padEnd(digits, '0')}`;
}

const CIVIL_DATE = /^\d{4}-\d\d-\d\d$/;

function isOnCalendar(date: string): boolean {
  if (!CIVIL_DATE.test(date)) return false;
  const [month, day] = [Number(date.slice(5, 7)), Number(date.slice(8))];
  const found = civilFromDays(daysFromCivil(Number(date.slice(0, 4)), month, day));
  return found.month === month && found.day === day;
}

/**
 * A statement may not read the table it changes, unless through a derived table that is not merged; its LIMIT sees to
 * that.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/derived-table-optimization.html
 */
function buildNotReferred({ quotedTable, columns }: ForeignKey, { values }: ReferencedRow): string {
  const same = columns.map((column, i) => `c.${quoteName(column)} = ${values[i]}`).join(' AND ');
  return `NOT EXISTS (SELECT 1 FROM (SELECT 1 FROM ${quotedTable} AS c WHERE ${same} LIMIT 1) AS x)`;
}
