import type { ColumnDefault, ColumnFacts } from '../../../core/gate/column-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readPostgresqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { ofTables } from './schema-rows.js';

/**
 * What columns do beside holding values.
 *
 * @see https://www.postgresql.org/docs/current/catalog-pg-attribute.html
 */
export async function readPostgresqlColumns(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly ColumnFacts[]>> {
  const { column } = await readPostgresqlCapabilities(session);
  const rows = await session.query(
    `SELECT c.relname AS table_name, a.attname AS column_name, ${column('pg_attribute', 'a.attidentity', "''")} AS identity,
       ${column('pg_attribute', 'a.attgenerated', "''")} AS generated,
       coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault) AS default_text,
       (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_enum e
        WHERE e.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid)) AS labels,
       a.attcollation <> 0 AS is_text, t.typname = 'citext' OR NOT ${column('pg_collation', 'co.collisdeterministic', 'true')} AS folds,
       pg_encoding_to_char(b.encoding) AS encoding
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
     JOIN pg_database b ON b.datname = current_database()
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     LEFT JOIN pg_collation co ON co.oid = a.attcollation
     WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
       AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${textLiteral(request.schema)})`,
  );
  return known(ofTables(rows, request).map(describeColumn));
}

function describeColumn(row: ControlRow): ColumnFacts {
  const encoding = row.encoding ?? '';
  const holdsAll = encoding === 'UTF8' || encoding === 'SQL_ASCII';
  return {
    table: row.table_name ?? '',
    column: row.column_name ?? '',
    default: describeDefault(row),
    isTouched: false,
    labels: row.labels == null ? null : (JSON.parse(row.labels) as string[]),
    repertoire: row.is_text !== 't' ? null : holdsAll ? 'all' : encoding.toLowerCase(),
    folds: row.is_text !== 't' ? null : row.folds === 't',
    isUnsigned: false,
  };
}

const NOW = [
  /^(?:current_timestamp|current_date|localtimestamp|now\(\)|transaction_timestamp\(\)|statement_timestamp\(\)|clock_timestamp\(\))(?:\(\d\))?(?:::[\w ()]+)?$/i,
  /^timezone\('utc'::text, (?:now\(\)|current_timestamp)\)$/i,
  /^\('now'::text\)::date$/i,
];

/** The server tells constants with the type that it takes them for. */
function describeDefault({ identity, generated, default_text: text }: ControlRow): ColumnDefault {
  if (identity) return { kind: 'number' };
  if (text == null || generated || /^NULL(::.*)?$/i.test(text)) return { kind: 'none' };
  if (NOW.some((form) => form.test(text.replace(/^\((.*)\)$/, '$1')))) return { kind: 'now' };
  if (/^nextval\(/i.test(text)) return { kind: 'number' };
  const quoted = /^'((?:[^']|'')*)'(?:::[^'():]+(?:\([\d, ]+\))?(?:\[\])?)?$/.exec(text)?.[1];
  if (quoted !== undefined) return { kind: 'value', value: quoted.replaceAll("''", "'") };
  const plain = /^\(?(-?[\d.]+(?:e[+-]?\d+)?|true|false)\)?(?:::[\w ]+(?:\([\d, ]+\))?)?$/i.exec(text)?.[1];
  return plain === undefined ? { kind: 'expression', text } : { kind: 'value', value: plain };
}
