import type { TextType, ValueType } from '../../core/schema.js';
import type { ControlRow } from '../engine.js';

const FIXED_TYPES: Readonly<Record<string, ValueType>> = {
  bool: { kind: 'boolean' },
  int2: { kind: 'int', bits: 16, unsigned: false },
  int4: { kind: 'int', bits: 32, unsigned: false },
  int8: { kind: 'int', bits: 64, unsigned: false },
  oid: { kind: 'int', bits: 32, unsigned: true },
  numeric: { kind: 'decimal' },
  float4: { kind: 'float', bits: 32 },
  float8: { kind: 'float', bits: 64 },
  bytea: { kind: 'bytes', length: null, fixed: false },
  date: { kind: 'date' },
  time: { kind: 'time' },
  timestamp: { kind: 'datetime' },
  timestamptz: { kind: 'instant' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
  uuid: { kind: 'uuid', byteOrder: true },
};
const TEXT_TYPES = new Set(['text', 'varchar', 'bpchar', 'name', 'citext']);

/** What a column of `pg_attribute` holds; `server` tells the database's encoding and default collation. */
export function valueTypeOf(row: ControlRow, server: ControlRow): ValueType {
  const name = row.type_name ?? '';
  if (row.type_kind === 'e') return { kind: 'enum', text: textType(row, server) };
  if (name === 'citext' && row.type_kind === 'b')
    return { ...textType(row, server), order: 'other', uuidOrder: 'unknown' };
  if (row.type_schema !== 'pg_catalog') return unsupported(row);
  if (TEXT_TYPES.has(name)) return textType(row, server);
  if (name === 'bit' || name === 'varbit') {
    const length = Number(row.modifier);
    return { kind: 'bits', length: name === 'bit' && length > 0 ? length : null, numeric: false };
  }
  return FIXED_TYPES[name] ?? unsupported(row);
}

function unsupported(row: ControlRow): ValueType {
  return { kind: 'unsupported', reason: `type ${row.declared} has no rule` };
}

function textType(row: ControlRow, server: ControlRow): TextType {
  const codepoint = server.encoding === 'UTF8' && row.type_kind !== 'e' && isCodepointCollation(row, server);
  return {
    kind: 'text',
    charset: 'utf8',
    padded: row.type_name === 'bpchar',
    order: codepoint ? 'codepoint' : 'other',
    uuidOrder: codepoint ? 'lower-case' : 'unknown',
  };
}

/**
 * The C locale and the built-in provider compare bytes, which in UTF-8 is code point order.
 *
 * @see https://www.postgresql.org/docs/current/collation.html
 */
function isCodepointCollation(row: ControlRow, server: ControlRow): boolean {
  const isDefault = row.collation === 'default';
  const provider = isDefault ? (server.default_provider ?? 'c') : row.provider;
  if (provider === 'b') return true;
  const locale = isDefault ? server.default_collation : row.collation_locale;
  return provider === 'c' && (locale === 'C' || locale === 'POSIX');
}
