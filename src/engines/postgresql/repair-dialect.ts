import type { Column, Table } from '../../core/schema.js';
import { HIDDEN_CHARACTERS, hasHidden } from '../file-text.js';
import type { AsideRow, ForeignKey, RepairDialect, RepairLiteral, RepairValue } from '../repair.js';
import { countCharacters, declaredNumbers, fitsDecimal, fractionDigits } from '../repair-limits.js';
import { readTypedValue, type TypedValue, unwritable } from '../repair-value.js';
import { quoteName, withUtc } from './dialect.js';

/** What statements must know of a type, by the name that the server prints for it. */
export interface RepairType {
  /** Quoted schema and quoted name, with `[]` for an array. */
  readonly quoted: string;
  /** The schema of the operator that its indexes compare with; `pg_catalog` where the type has none of its own. */
  readonly operatorSchema: string;
  /** The labels of an enum; null for other types. */
  readonly labels: ReadonlySet<string> | null;
}

export type RepairTypes = ReadonlyMap<string, RepairType>;

type Typed = TypedValue | Extract<RepairLiteral, { kind: 'unwritable' }>;

/**
 * Operators and types are named with their schema, because others may have made a `=` or a type of that name where the
 * session of the person who applies the file looks first.
 */
const EQUALS = 'OPERATOR(pg_catalog.=)';
const C_COLLATION = 'COLLATE pg_catalog."C"';

/** The repair dialect of PostgreSQL, for `psql`. */
export function createPostgresqlRepairDialect(types: RepairTypes): RepairDialect {
  const typed = (value: RepairValue): Typed => {
    const found = readTypedValue(value);
    if (found.kind === 'unwritable') return found;
    const refusal = findRefusal(found, value, types);
    return refusal === null ? found : unwritable(value.to, refusal);
  };
  const quoteTable = (table: Table): string => `${quoteFileName(table.schema)}.${quoteFileName(table.name)}`;
  return {
    applyCommand: 'psql --no-psqlrc --quiet --dbname=URL --file=FILE',
    sessionStatements: [
      '\\set ON_ERROR_STOP on',
      "SET client_encoding = 'UTF8';",
      'SET standard_conforming_strings = on;',
      'SET escape_string_warning = off;',
      'SET array_nulls = on;',
      'SET transform_null_equals = off;',
      'SET xmloption = content;',
      'SET extra_float_digits = 3;',
      "SET default_transaction_isolation = 'read committed';",
      "SET TimeZone = 'UTC';",
      "SET DateStyle = 'ISO, MDY';",
      "SET IntervalStyle = 'postgres';",
      'SET row_security = off;',
      buildRoleCheck(),
    ],
    begin: 'BEGIN;\nSET CONSTRAINTS ALL DEFERRED;',
    commit: 'COMMIT;',
    deletesOwnParent: true,
    quoteName: quoteFileName,
    quoteTable,
    quoteOnlyTable: (table) => `${table.only ? 'ONLY ' : ''}${quoteTable(table)}`,
    insertOverride: ({ columns }) =>
      columns.some(({ identity }) => identity === 'always') ? ' OVERRIDING SYSTEM VALUE' : '',
    fromNothing: '',
    toLines: (statement) => [statement],
    literal: (value) => {
      const found = typed(value);
      return found.kind === 'unwritable' ? found : { kind: 'sql', sql: spell(found, value.to) };
    },
    buildKeyCondition: (value) => {
      const found = typed(value);
      if (found.kind === 'unwritable' || found.kind === 'null') return null;
      if (found.kind === 'structured') return sameSpelling(value.to, found.text, types);
      const plain = sameValue(value.to, found, types);
      return found.kind === 'text' ? `${plain} AND ${sameText(value.to, found.text)}` : plain;
    },
    mostStatementBytes: 2 ** 28,
    buildTypedValue: (value) => {
      const found = typed(value);
      const type = types.get(value.to.declared);
      if (found.kind === 'unwritable' || type === undefined) return null;
      return `CAST(${spell(found, value.to)} AS ${type.quoted})`;
    },
    asideChecks: { begin: [], afterHold: [], afterRelease: [], forRow: buildAsideCheck, end: [] },
    buildGuard: (value) => buildGuard(readTypedValue(value), value, types),
    buildNotReferred,
  };
}

/**
 * Ends the file where a row still has what it was given for a moment. Letter case does not count, because a trigger may
 * have changed it; nor do rows that others wrote, which no one put aside.
 */
function buildAsideCheck({ table, key, condition, name }: AsideRow): string[] {
  const mine =
    'xmin::pg_catalog.text OPERATOR(pg_catalog.=) (pg_catalog.txid_current() OPERATOR(pg_catalog.&) 4294967295::pg_catalog.int8)::pg_catalog.text';
  const found = `SELECT 1 FROM ${quoteFileName(table.schema)}.${quoteFileName(table.name)} WHERE ${key} AND ${condition} AND ${mine}`;
  const message = `rowproof: a row put aside was not found again: ${name.replaceAll('%', '%%')}`;
  const body = `BEGIN IF EXISTS (${found}) THEN RAISE EXCEPTION ${fileLiteral(message)}; END IF; END`;
  return [`DO ${fileLiteral(body)};`];
}

/**
 * Foreign keys and triggers are off in a session that plays a replica; only a superuser may set that, so it is asked.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE
 */
function buildRoleCheck(): string {
  const isOff = "pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.=) 'replica'";
  const message = 'rowproof: SET session_replication_role = origin before this file is applied';
  const body = `BEGIN IF ${isOff} THEN RAISE EXCEPTION ${fileLiteral(message)}; END IF; END`;
  return `DO ${fileLiteral(body)};`;
}

/** A name whose hidden characters are spelled as escapes. */
export function quoteFileName(name: string): string {
  if (!hasHidden(name)) return quoteName(name);
  const escaped = name.replaceAll('\\', '\\\\').replace(HIDDEN_CHARACTERS, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\+${code.padStart(6, '0')}` : `\\${code.padStart(4, '0')}`;
  });
  return `U&${quoteName(escaped)}`;
}

/** A text whose hidden characters are spelled as escapes. */
export function fileLiteral(text: string): string {
  if (!text.includes('\\') && !hasHidden(text)) return `'${text.replaceAll("'", "''")}'`;
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''")
    .replace(HIDDEN_CHARACTERS, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16);
      return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
    });
  return `E'${escaped}'`;
}

/** Bare literals take the column's type; only bytes need a function, since a setting decides how text reads as bytes. */
function spell(value: TypedValue, to: Column): string {
  switch (value.kind) {
    case 'null':
      return 'NULL';
    case 'boolean':
      return value.value ? 'true' : 'false';
    case 'bytes':
      return `pg_catalog.decode('${value.hex}', 'hex')`;
    case 'temporal':
      return `'${to.type.kind === 'instant' ? withUtc(value.text) : value.text}'`;
    case 'text':
    case 'structured':
      return fileLiteral(value.text);
    case 'number':
      return to.wire === 'money'
        ? `'${value.text}'::pg_catalog.numeric::pg_catalog.money`
        : `'${value.text}'`;
    default:
      return `'${value.text}'`;
  }
}

/** Equality as an index on the column knows it. */
function sameValue(column: Column, value: TypedValue, types: RepairTypes): string {
  const type = types.get(column.declared);
  const literal = spell(value, column);
  const name = quoteFileName(column.name);
  // A domain over an enum is no enum to the operator: its column is compared as the type under it.
  if (type !== undefined && type.labels !== null) {
    return `${name}::${type.quoted} ${EQUALS} CAST(${literal} AS ${type.quoted})`;
  }
  if (type === undefined || type.operatorSchema === 'pg_catalog') return `${name} ${EQUALS} ${literal}`;
  return `${name} OPERATOR(${quoteFileName(type.operatorSchema)}.=) CAST(${literal} AS ${type.quoted})`;
}

/** Equality by code points, which citext and nondeterministic collations do not have. */
function sameText(column: Column, text: string): string {
  const kept = isPadded(column) ? text.replace(/ +$/, '') : text;
  return `${quoteFileName(column.name)}::pg_catalog.text ${C_COLLATION} ${EQUALS} ${fileLiteral(kept)}`;
}

/** Many such types have no equality, or one that says less: what the server writes of both is compared. */
function sameSpelling(column: Column, text: string, types: RepairTypes): string | null {
  const type = types.get(column.declared);
  if (type === undefined) return null;
  const literal = `CAST(${fileLiteral(text)} AS ${type.quoted})`;
  return `${quoteFileName(column.name)}::pg_catalog.text ${EQUALS} ${literal}::pg_catalog.text`;
}

function isPadded({ type }: Column): boolean {
  return type.kind === 'text' && type.padded;
}

/** `json` has no equality, so its text is compared; the row was read with it. */
function buildGuard(typed: Typed, { value, to }: RepairValue, types: RepairTypes): string | null {
  if (value === null) return `${quoteFileName(to.name)} IS NULL`;
  if (typed.kind === 'unwritable') return null;
  if (typed.kind === 'structured') return sameSpelling(to, typed.text, types);
  if (typed.kind === 'text' && to.wire !== 'jsonb') {
    return typed.text.includes('\0') ? null : sameText(to, typed.text);
  }
  if (to.wire === 'jsonb' && typed.kind === 'text' && !isJsonb(typed.text)) return null;
  return sameValue(to, typed, types);
}

/** @see https://www.postgresql.org/docs/current/datatype-json.html */
function isJsonb(json: string): boolean {
  const plain = json.replaceAll('\\\\', '');
  const pairs = plain.replace(/\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/gi, '');
  return !plain.includes('\\u0000') && !/\\ud[89a-f]/i.test(pairs);
}

function findRefusal(typed: TypedValue, { from, to }: RepairValue, types: RepairTypes): string | null {
  switch (typed.kind) {
    case 'number':
      if (to.type.kind === 'money') return refuseMoney(typed.text, to.type.digits);
      if (to.type.kind === 'decimal' && /infinity/i.test(typed.text) && declaredNumbers(to).length > 0) {
        return `cannot hold ${typed.text}`;
      }
      return to.type.kind === 'decimal' && !fitsDecimal(typed.text, to)
        ? `cannot hold ${typed.text} without rounding`
        : null;
    case 'text':
      return refuseText(typed.text, { from, to }, types);
    case 'bits': {
      const [most] = declaredNumbers(to);
      return most !== undefined && typed.text.length > most ? `cannot hold ${typed.text.length} bits` : null;
    }
    case 'temporal':
      return refuseTemporal(typed.text, to);
    default:
      return null;
  }
}

function refuseMoney(text: string, digits: number): string | null {
  const isAmount = /^-?\d+(\.\d+)?$/.test(text) && fractionDigits(text) <= digits;
  const [whole = '', fraction = ''] = text.split('.');
  const units = isAmount ? BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0')) : null;
  return units !== null && BigInt.asIntN(64, units) === units ? null : `cannot hold ${text}`;
}

function refuseText(
  text: string,
  { from, to }: Pick<RepairValue, 'from' | 'to'>,
  types: RepairTypes,
): string | null {
  if (text.includes('\0')) return 'cannot hold the character U+0000';
  if (to.wire === 'char' && Buffer.byteLength(text, 'utf8') > 1) return 'cannot hold more than one byte';
  if (to.type.kind === 'json') {
    return to.wire === 'jsonb' && !isJsonb(text) ? 'cannot hold an escape of the document' : null;
  }
  if (to.type.kind === 'enum') {
    return types.get(to.declared)?.labels?.has(text) === false
      ? `has no label ${JSON.stringify(text)}`
      : null;
  }
  if (isPadded(to) && text.endsWith(' ') && !isPadded(from)) return 'does not keep trailing spaces';
  const [most] = declaredNumbers(to);
  return most !== undefined && countCharacters(text) > most
    ? `cannot hold ${countCharacters(text)} characters`
    : null;
}

function refuseTemporal(text: string, to: Column): string | null {
  if (/infinity$/.test(text)) return null;
  const [precision = 6] = declaredNumbers(to);
  if (to.type.kind !== 'date' && fractionDigits(text) > precision)
    return `cannot hold the fraction of ${text}`;
  if (to.type.kind === 'time') {
    return /^([01]\d|2[0-3]):|^24:00:00$/.test(text) ? null : `cannot hold ${text}`;
  }
  const [, year = '', month = 0, day = 0] = /^(\d+)-(\d+)-(\d+)/.exec(text) ?? [];
  if (Number(year) === 0 || Number(month) === 0 || Number(day) === 0) return `cannot hold ${text}`;
  return Number(day) > daysInMonth(Number(year), Number(month)) && !text.endsWith(' BC')
    ? `cannot hold ${text}`
    : null;
}

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function buildNotReferred({ quotedTable, columns }: ForeignKey, values: readonly string[]): string {
  const same = columns.map((column, i) => `c.${quoteFileName(column)} ${EQUALS} ${values[i]}`).join(' AND ');
  return `NOT EXISTS (SELECT 1 FROM ${quotedTable} AS c WHERE ${same})`;
}
