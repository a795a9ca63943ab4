import type { Column, Table } from '../../core/schema.js';
import { referenceText } from '../reference-text.js';
import { rememberText, rememberThing } from '../remember.js';
import type {
  AsideRow,
  ForeignKey,
  ReferencedRow,
  RepairDialect,
  RepairLiteral,
  RepairValue,
} from '../repair.js';
import { readTypedValue, refusalOf, type TypedValue, unwritable } from '../repair-value.js';
import { UsualWriter } from '../usual-spelling.js';
import { POSTGRESQL_NOTES } from './change-notes.js';
import { withUtc } from './dialect.js';
import { fileLiteral, quoteFileName } from './file-spelling.js';
import { findRefusal, isJsonb, isPadded } from './repair-limits.js';
import type { RepairTypes } from './repair-types.js';
import { POSTGRESQL_COPIES } from './row-copies.js';
import { choosePostgresqlSpelling } from './usual-spelling.js';

type Typed = TypedValue | Extract<RepairLiteral, { kind: 'unwritable' }>;

/**
 * Operators and types are named with their schema, because others may have made a `=` or a type of that name where the
 * session of the person who applies the file looks first.
 */
const EQUALS = 'OPERATOR(pg_catalog.=)';
/** The name of a column, which is spelled once for all of its values. */
const nameOf = rememberThing(({ name }: Column) => quoteFileName(name));
const C_COLLATION = 'COLLATE pg_catalog."C"';

/** The repair dialect of PostgreSQL, for `psql`. */
export function createPostgresqlRepairDialect(types: RepairTypes): RepairDialect {
  const typed = (value: RepairValue): Typed => {
    const found = readTypedValue(value);
    if (found.kind === 'unwritable') return found;
    const refusal = findRefusal(found, value, types);
    return refusal === null ? found : unwritable(value.to, refusal);
  };
  const usual = new UsualWriter(choosePostgresqlSpelling(types, { equals: EQUALS, asText }));
  const quoteTable = (table: Table): string => `${quoteFileName(table.schema)}.${quoteFileName(table.name)}`;
  return {
    applyCommand: 'psql --no-psqlrc --quiet --dbname=URL --file=FILE',
    notingCommand: 'psql --no-psqlrc --quiet --no-align --tuples-only --dbname=URL --file=FILE >> TOLD',
    toldCommand: 'psql --no-psqlrc --quiet --no-align --tuples-only --dbname=URL --file=TOLD --file=FILE',
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
    escapeStrings: true,
    deletesOwnParent: true,
    quoteName: rememberText(quoteFileName),
    quoteTable: rememberThing(quoteTable),
    quoteOnlyTable: rememberThing((table) => `${table.only ? 'ONLY ' : ''}${quoteTable(table)}`),
    insertOverride: ({ columns }) =>
      columns.some(({ identity }) => identity === 'always') ? ' OVERRIDING SYSTEM VALUE' : '',
    fromNothing: '',
    toLines: (statement) => [statement],
    findRefusal: (value) => (usual.accepts(value) ? null : refusalOf(typed(value))),
    literal: (value) => {
      const text = usual.literal(value);
      if (text !== null) return { kind: 'sql', sql: text };
      const found = typed(value);
      return found.kind === 'unwritable' ? found : { kind: 'sql', sql: spell(found, value.to) };
    },
    buildKeyCondition: (value) => {
      const usualKey = usual.key(value);
      if (usualKey !== null) return usualKey;
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
    asideChecks: { begin: [], forRow: buildAsideCheck, end: [] },
    notes: POSTGRESQL_NOTES,
    copies: POSTGRESQL_COPIES,
    buildGuard: (value) => usual.guard(value) ?? buildGuard(readTypedValue(value), value, types),
    buildNotReferred,
    // A type with an equality of its own may take letter case for nothing, as citext does.
    referenceText: (value) =>
      referenceText(typed(value), {
        letterCase: (types.get(value.to.declared)?.operatorSchema ?? 'pg_catalog') !== 'pg_catalog',
        accents: false,
        trailingSpaces: isPadded(value.to),
      }),
    buildSameKey: (left, right) => `${asText(left)} ${EQUALS} ${asText(right)}`,
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
  const name = nameOf(column);
  // A domain over an enum is no enum to the operator: its column is compared as the type under it.
  if (type !== undefined && type.labels !== null) {
    return `${name}::${type.quoted} ${EQUALS} CAST(${literal} AS ${type.quoted})`;
  }
  if (type === undefined || type.operatorSchema === 'pg_catalog') return `${name} ${EQUALS} ${literal}`;
  return `${name} OPERATOR(${quoteFileName(type.operatorSchema)}.=) CAST(${literal} AS ${type.quoted})`;
}

function asText(expression: string): string {
  return `${expression}::pg_catalog.text ${C_COLLATION}`;
}

/** Equality by code points, which citext and nondeterministic collations do not have. */
function sameText(column: Column, text: string): string {
  const kept = isPadded(column) ? text.replace(/ +$/, '') : text;
  return `${asText(nameOf(column))} ${EQUALS} ${fileLiteral(kept)}`;
}

/** Many such types have no equality, or one that says less: what the server writes of both is compared. */
function sameSpelling(column: Column, text: string, types: RepairTypes): string | null {
  const type = types.get(column.declared);
  if (type === undefined) return null;
  const literal = `CAST(${fileLiteral(text)} AS ${type.quoted})`;
  return `${nameOf(column)}::pg_catalog.text ${EQUALS} ${literal}::pg_catalog.text`;
}

/** `json` has no equality, so its text is compared; the row was read with it. */
function buildGuard(typed: Typed, { value, to }: RepairValue, types: RepairTypes): string | null {
  if (value === null) return `${nameOf(to)} IS NULL`;
  if (typed.kind === 'unwritable') return null;
  if (typed.kind === 'structured') return sameSpelling(to, typed.text, types);
  if (typed.kind === 'text' && to.wire !== 'jsonb') {
    return typed.text.includes('\0') ? null : sameText(to, typed.text);
  }
  if (to.wire === 'jsonb' && typed.kind === 'text' && !isJsonb(typed.text)) return null;
  return sameValue(to, typed, types);
}

/** A statement on the row asks with the value that the row has, so that no type is lost on a literal. */
function buildNotReferred(
  { quotedTable, columns, referencedColumns, operators }: ForeignKey,
  { table }: ReferencedRow,
): string {
  const own = `${quoteFileName(table.schema)}.${quoteFileName(table.name)}`;
  const same = columns.map(
    (column, i) =>
      `${own}.${quoteFileName(referencedColumns[i] ?? '')} ${operators[i]} c.${quoteFileName(column)}`,
  );
  return `NOT EXISTS (SELECT 1 FROM ${quotedTable} AS c WHERE ${same.join(' AND ')})`;
}
