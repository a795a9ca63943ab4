import type { Column, Table } from '../../core/schema.js';
import type { ForeignKey, RepairDialect, RepairLiteral, RepairValue } from '../repair.js';
import { countCharacters, declaredNumbers, fitsDecimal, fractionDigits } from '../repair-limits.js';
import { readTypedValue, type TypedValue, unwritable } from '../repair-value.js';
import { quoteName, textLiteral, withUtc } from './dialect.js';

/** Labels of the enum types of the schema's columns, by the type's name. */
export type EnumLabels = ReadonlyMap<string, ReadonlySet<string>>;

type Typed = TypedValue | Extract<RepairLiteral, { kind: 'unwritable' }>;

/** The repair dialect of PostgreSQL, for `psql`. */
export function createPostgresqlRepairDialect(labels: EnumLabels): RepairDialect {
  const typed = (value: RepairValue): Typed => {
    const found = readTypedValue(value);
    if (found.kind === 'unwritable') return found;
    const refusal = findRefusal(found, value, labels);
    return refusal === null ? found : unwritable(value.to, refusal);
  };
  const quoteTable = (table: Table): string => `${quoteName(table.schema)}.${quoteName(table.name)}`;
  return {
    applyCommand: 'psql --no-psqlrc --quiet --dbname=URL --file=FILE',
    sessionStatements: [
      '\\set ON_ERROR_STOP on',
      "SET client_encoding = 'UTF8';",
      'SET standard_conforming_strings = on;',
      "SET TimeZone = 'UTC';",
      "SET DateStyle = 'ISO, MDY';",
      "SET IntervalStyle = 'postgres';",
      'SET row_security = off;',
    ],
    begin: 'BEGIN;\nSET CONSTRAINTS ALL DEFERRED;',
    commit: 'COMMIT;',
    deletesOwnParent: true,
    quoteName,
    quoteTable,
    quoteOnlyTable: (table) => `${table.only ? 'ONLY ' : ''}${quoteTable(table)}`,
    insertOverride: ({ columns }) =>
      columns.some(({ identity }) => identity === 'always') ? ' OVERRIDING SYSTEM VALUE' : '',
    literal: (value) => {
      const found = typed(value);
      return found.kind === 'unwritable' ? found : { kind: 'sql', sql: spell(found, value.to) };
    },
    buildKeyCondition: (value) => {
      const found = typed(value);
      if (found.kind === 'unwritable' || found.kind === 'null') return null;
      if (found.kind === 'structured') return sameSpelling(value.to, found.text);
      const plain = `${quoteName(value.to.name)} = ${spell(found, value.to)}`;
      return found.kind === 'text' && !isPadded(value.to)
        ? `${plain} AND ${sameText(value.to, found.text)}`
        : plain;
    },
    buildGuard: (value) => buildGuard(readTypedValue(value), value),
    buildNotReferred,
  };
}

/** Bare literals take the column's type; only bytes need a function, since a setting decides how text reads as bytes. */
function spell(value: TypedValue, to: Column): string {
  switch (value.kind) {
    case 'null':
      return 'NULL';
    case 'boolean':
      return value.value ? 'true' : 'false';
    case 'bytes':
      return `decode('${value.hex}', 'hex')`;
    case 'temporal':
      return `'${to.type.kind === 'instant' ? withUtc(value.text) : value.text}'`;
    case 'text':
    case 'structured':
      return textLiteral(value.text).trimStart();
    case 'number':
      return to.wire === 'money' ? `'${value.text}'::numeric::money` : `'${value.text}'`;
    default:
      return `'${value.text}'`;
  }
}

/** Equality by code points, which citext and nondeterministic collations do not have. */
function sameText(column: Column, text: string): string {
  const literal = textLiteral(text).trimStart();
  return `${quoteName(column.name)}::text COLLATE "C" IS NOT DISTINCT FROM ${literal}`;
}

/** Many such types have no equality, or one that says less: what the server writes of both is compared. */
function sameSpelling(column: Column, text: string): string {
  const literal = `CAST(${textLiteral(text).trimStart()} AS ${column.declared})`;
  return `${quoteName(column.name)}::text IS NOT DISTINCT FROM ${literal}::text`;
}

function isPadded({ type }: Column): boolean {
  return type.kind === 'text' && type.padded;
}

/** `json` has no equality, so its text is compared; the row was read with it. */
function buildGuard(typed: Typed, { value, to }: RepairValue): string | null {
  const name = quoteName(to.name);
  if (value === null) return `${name} IS NULL`;
  if (typed.kind === 'unwritable') return null;
  if (typed.kind === 'structured') return sameSpelling(to, typed.text);
  if (typed.kind === 'text' && to.wire !== 'jsonb' && !isPadded(to)) {
    return typed.text.includes('\0') ? null : sameText(to, typed.text);
  }
  if (to.wire === 'jsonb' && typed.kind === 'text' && !isJsonb(typed.text)) return null;
  return `${name} IS NOT DISTINCT FROM ${spell(typed, to)}`;
}

/** @see https://www.postgresql.org/docs/current/datatype-json.html */
function isJsonb(json: string): boolean {
  const plain = json.replaceAll('\\\\', '');
  const pairs = plain.replace(/\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/gi, '');
  return !plain.includes('\\u0000') && !/\\ud[89a-f]/i.test(pairs);
}

function findRefusal(typed: TypedValue, { from, to }: RepairValue, labels: EnumLabels): string | null {
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
      return refuseText(typed.text, { from, to }, labels);
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
  labels: EnumLabels,
): string | null {
  if (text.includes('\0')) return 'cannot hold the character U+0000';
  if (to.wire === 'char' && Buffer.byteLength(text, 'utf8') > 1) return 'cannot hold more than one byte';
  if (to.type.kind === 'json') {
    return to.wire === 'jsonb' && !isJsonb(text) ? 'cannot hold an escape of the document' : null;
  }
  if (to.type.kind === 'enum') {
    return labels.get(to.wire)?.has(text) === false ? `has no label ${JSON.stringify(text)}` : null;
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
  const same = columns.map((column, i) => `c.${quoteName(column)} = ${values[i]}`).join(' AND ');
  return `NOT EXISTS (SELECT 1 FROM ${quotedTable} AS c WHERE ${same})`;
}
