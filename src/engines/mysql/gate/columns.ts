import type { ColumnDefault, ColumnFacts } from '../../../core/gate/column-facts.js';
import { type Fact, known } from '../../../core/gate/fact.js';
import type { GateRequest } from '../../../core/gate/gate-facts.js';
import type { ControlRow } from '../../session.js';
import type { SqlSession } from '../../sql-session.js';
import { readMysqlCapabilities } from '../capabilities.js';
import { textLiteral } from '../dialect.js';
import { readLabels } from '../labels.js';
import { readMysqlRights } from './rights.js';
import { coversSchema, needsGrant, ofTables } from './schema-rights.js';

/** Character sets with all of Unicode, and with its basic plane alone. */
const ALL = /^(utf8mb4|utf16|utf16le|utf32|gb18030)$/;
const BASIC = /^(utf8|utf8mb3|ucs2)$/;

/**
 * What columns do beside holding values.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema-columns-table.html
 */
export async function readMysqlColumns(
  session: SqlSession,
  request: GateRequest,
): Promise<Fact<readonly ColumnFacts[]>> {
  const rights = await readMysqlRights(session);
  if (!coversSchema(rights, request, ['SELECT'])) return needsGrant(rights, request, 'SELECT');
  const { engine } = await readMysqlCapabilities(session);
  const rows = await session.query(
    `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name, COLUMN_DEFAULT AS default_text, EXTRA AS extra,
       DATA_TYPE AS data_type, COLUMN_TYPE AS declared, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${textLiteral(request.schema)}`,
  );
  return known(ofTables(rows, request).map((row) => describeColumn(row, engine)));
}

function describeColumn(row: ControlRow, engine: 'mysql' | 'mariadb'): ColumnFacts {
  const { charset, collation, data_type: type, declared } = row;
  const isEnumeration = type === 'enum' || type === 'set';
  return {
    table: row.table_name ?? '',
    column: row.column_name ?? '',
    default: describeDefault(row, engine),
    isTouched: /on update current_timestamp/i.test(row.extra ?? ''),
    labels: isEnumeration ? readLabels(declared ?? '') : null,
    repertoire: charset == null ? null : ALL.test(charset) ? 'all' : BASIC.test(charset) ? 'basic' : charset,
    folds: collation == null ? null : /_c[i](_|$)/.test(collation),
    isUnsigned: /\bunsigned\b/.test(declared ?? ''),
  };
}

function describeDefault(row: ControlRow, engine: 'mysql' | 'mariadb'): ColumnDefault {
  const extra = (row.extra ?? '').toLowerCase();
  if (extra.includes('auto_increment')) return { kind: 'number' };
  const text = row.default_text;
  if (text == null) return { kind: 'none' };
  if (/^(current_timestamp|now|localtime|localtimestamp|curdate|current_date)\b(\(\d*\))?$/i.test(text))
    return { kind: 'now' };
  if (engine === 'mariadb') return parseExpression(text);
  if (extra.includes('default_generated')) return { kind: 'expression', text };
  return { kind: 'value', value: plainValue(text) };
}

/**
 * MariaDB tells defaults as expressions: texts in quotes, and NULL as a word.
 *
 * @see https://mariadb.com/docs/server/reference/system-tables/information-schema/information-schema-tables/information-schema-columns-table
 */
function parseExpression(text: string): ColumnDefault {
  if (text === 'NULL') return { kind: 'none' };
  const quoted = /^'((?:[^'\\]|''|\\[\s\S])*)'$/.exec(text);
  if (quoted !== null)
    return { kind: 'value', value: (quoted[1] ?? '').replace(/''/g, "'").replace(/\\([\s\S])/g, '$1') };
  if (/^-?[\d.]+(e[+-]?\d+)?$/i.test(text) || /^b'[01]*'$/i.test(text))
    return { kind: 'value', value: plainValue(text) };
  return /^nextval\(/i.test(text) ? { kind: 'number' } : { kind: 'expression', text };
}

/** `b'101'` is the number 5. */
function plainValue(text: string): string {
  const bits = /^b'([01]+)'$/i.exec(text)?.[1];
  return bits === undefined ? text : BigInt(`0b${bits}`).toString();
}
