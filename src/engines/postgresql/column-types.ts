import type { Column, DecimalType, Fraction, TextType, ValueType } from '../../core/schema.js';
import type { ControlRow } from '../session.js';

const FIXED_TYPES: Readonly<Record<string, ValueType>> = {
  bool: { kind: 'boolean' },
  int2: { kind: 'int', bits: 16, unsigned: false },
  int4: { kind: 'int', bits: 32, unsigned: false },
  int8: { kind: 'int', bits: 64, unsigned: false },
  oid: { kind: 'int', bits: 32, unsigned: true },
  float4: { kind: 'float', bits: 32 },
  float8: { kind: 'float', bits: 64 },
  bytea: { kind: 'bytes', length: null, fixed: false },
  date: { kind: 'date' },
  time: { kind: 'time' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
  uuid: { kind: 'uuid', byteOrder: true },
  xid: { kind: 'int', bits: 32, unsigned: true },
  cid: { kind: 'int', bits: 32, unsigned: true },
  interval: { kind: 'interval' },
  inet: { kind: 'inet', family: 'any' },
  cidr: { kind: 'inet', family: 'any' },
};
const TEXT_TYPES = new Set(['text', 'varchar', 'bpchar', 'name', 'char', 'xml', 'jsonpath', 'refcursor']);
const GEOMETRIC_TYPES = new Set(['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle']);
/** Types whose binary form says all there is, in one way only. */
const EXACT_TYPES = new Set(['macaddr', 'macaddr8', 'timetz', 'pg_lsn', 'xid8', 'tid']);
/**
 * Types whose text says all there is, in one way only, while their binary form holds numbers of catalog rows that are
 * others in another database, or an order that a dump does not keep.
 */
const EXACT_TEXT_TYPES =
  /^(tsvector|tsquery|pg_snapshot|txid_snapshot|aclitem|reg(class|collation|config|dictionary|namespace|oper|operator|proc|procedure|role|type))$/;

/** Types of well-known extensions, by name, because an extension may be in any schema. */
const EXTENSION_TEXT_TYPES = new Set(['citext', 'ltree']);

/** The wire name of values that are selected as text. */
export const AS_TEXT = '::text';

/** What a column of a plain type (no domain, array, range or composite) holds, and in which wire format it arrives. */
export function plainTypeOf(row: ControlRow, server: ControlRow): Pick<Column, 'wire' | 'type'> {
  const name = row.type_name ?? '';
  const type = valueTypeOf(name, row, server);
  const isText = isSelectedAsText(name, row) || row.has_send === 'f';
  if (isText) return { wire: AS_TEXT, type };
  if (type.kind === 'opaque') return { wire: 'opaque', type };
  return { wire: name === 'xid' || name === 'cid' ? 'oid' : name, type };
}

function isSelectedAsText(name: string, { type_schema: schema }: ControlRow): boolean {
  return schema === 'pg_catalog' ? EXACT_TEXT_TYPES.test(name) : name === 'hstore';
}

function valueTypeOf(name: string, row: ControlRow, server: ControlRow): ValueType {
  if (row.type_kind === 'e') return { kind: 'enum', text: textType(row, server) };
  if (row.type_kind !== 'b') return { kind: 'opaque', name: row.declared ?? name };
  if (row.type_schema !== 'pg_catalog') return extensionType(name, row, server);
  if (TEXT_TYPES.has(name)) {
    const text = textType(row, server);
    return name === 'char' ? { ...text, order: 'other', uuidOrder: 'unknown', recoded: true } : text;
  }
  if (name === 'bit' || name === 'varbit') {
    const length = Number(row.modifier);
    return { kind: 'bits', length: name === 'bit' && length > 0 ? length : null, numeric: false };
  }
  if (name === 'numeric') return { kind: 'decimal', ...digitsOf(row) };
  if (name === 'timestamp') return { kind: 'datetime', fraction: fractionOf(row) };
  if (name === 'timestamptz') return { kind: 'instant', fraction: fractionOf(row) };
  if (name === 'money') return { kind: 'money', digits: Number(server.money_digits ?? 2) };
  if (GEOMETRIC_TYPES.has(name)) return { kind: 'geometric', shape: name };
  if (EXACT_TYPES.has(name) || EXACT_TEXT_TYPES.test(name)) return { kind: 'exact', name };
  return FIXED_TYPES[name] ?? { kind: 'opaque', name };
}

/**
 * The digits in `timestamp(3)`. The server counts microseconds from 2000-01-01 and rounds the count, so that earlier
 * times are rounded the other way at the middle.
 *
 * @see https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/utils/adt/timestamp.c (AdjustTimestampForTypmod)
 */
function fractionOf({ modifier }: ControlRow): Fraction {
  return { digits: /^\d$/.test(modifier ?? '') ? Number(modifier) : 6, halves: 'outward' };
}

/**
 * Precision and scale of `numeric(10,2)`, of which the server makes one number; a scale may be below zero.
 *
 * @see https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/utils/adt/numeric.c (make_numeric_typmod)
 */
function digitsOf({ modifier }: ControlRow): Pick<DecimalType, 'precision' | 'scale'> {
  const packed = Number(modifier ?? -1) - 4;
  if (!(packed >= 0)) return {};
  return { precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 0x400) - 0x400 };
}

function extensionType(name: string, row: ControlRow, server: ControlRow): ValueType {
  if (EXTENSION_TEXT_TYPES.has(name))
    return { ...textType(row, server), order: 'other', uuidOrder: 'unknown' };
  return name === 'hstore' ? { kind: 'exact', name } : { kind: 'opaque', name };
}

function textType(row: ControlRow, server: ControlRow): TextType {
  const codepoint = server.encoding === 'UTF8' && row.type_kind !== 'e' && isCodepointCollation(row, server);
  return {
    kind: 'text',
    charset: 'utf8',
    padded: row.type_name === 'bpchar',
    order: codepoint ? 'codepoint' : 'other',
    uuidOrder: codepoint ? 'lower-case' : 'unknown',
    ...(server.encoding !== 'UTF8' && { recoded: true }),
    ...(isSized(row) && { mostCharacters: Number(row.modifier) - 4 }),
  };
}

/** The number of `varchar(20)` and `char(20)`, to which the server adds the four bytes of a length. */
function isSized({ type_name: name, modifier }: ControlRow): boolean {
  return (name === 'varchar' || name === 'bpchar') && Number(modifier ?? -1) >= 4;
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
