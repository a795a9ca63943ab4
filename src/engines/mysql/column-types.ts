import type { DecimalType, Fraction, TextType, ValueType } from '../../core/schema.js';
import type { ControlRow } from '../session.js';
import { charsetName } from './charset.js';
import { readLabels } from './labels.js';

const INT_BITS: Readonly<Record<string, 8 | 16 | 24 | 32 | 64>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
};
const TEXT_TYPES = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']);
const BYTES_TYPES = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']);
const GEOMETRY_TYPES = new Set([
  ...['geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring', 'multipolygon'],
  ...['geometrycollection', 'geomcollection'],
]);

/** The codec's name of a column's wire format: the type name, with its signedness where that changes the bytes. */
export function wireNameOf(row: ControlRow): string {
  const name = row.data_type ?? '';
  return name in INT_BITS && row.column_type?.includes('unsigned') ? `${name} unsigned` : name;
}

/** What a column of `information_schema.COLUMNS` holds. */
export function valueTypeOf(row: ControlRow): ValueType {
  const name = row.data_type ?? '';
  const bits = INT_BITS[name];
  if (bits !== undefined)
    return {
      kind: 'int',
      bits,
      unsigned: row.column_type?.includes('unsigned') ?? false,
      ...(/^tinyint\(1\)/.test(row.column_type ?? '') && { truth: true }),
    };
  if (TEXT_TYPES.has(name)) return textTypeFor(row, (text) => text);
  if (BYTES_TYPES.has(name)) {
    return {
      kind: 'bytes',
      length: row.length == null ? null : Number(row.length),
      fixed: name === 'binary',
    };
  }
  switch (name) {
    case 'decimal':
      return { kind: name, ...digitsOf(row) };
    case 'date':
    case 'time':
      return { kind: name };
    case 'datetime':
      return { kind: name, fraction: fractionOf(row) };
    case 'timestamp':
      return { kind: 'instant', fraction: fractionOf(row) };
    case 'year':
      return { kind: 'int', bits: 16, unsigned: true };
    case 'float':
      return { kind: 'float', bits: 32 };
    case 'double':
      return { kind: 'float', bits: 64 };
    case 'bit':
      return { kind: 'bits', length: Number(/\d+/.exec(row.column_type ?? '')?.[0] ?? 1), numeric: true };
    case 'enum':
      return textTypeFor(row, (text) => ({ kind: name, text }));
    case 'set':
      return textTypeFor(row, (text) => ({ kind: name, text, ...(hasEmptyLabel(row) && { blank: true }) }));
    case 'uuid':
      return { kind: 'uuid', byteOrder: false };
    case 'inet4':
      return { kind: 'inet', family: 'v4' };
    case 'inet6':
      return { kind: 'inet', family: 'v6' };
    case 'vector':
      return { kind: 'bytes', length: null, fixed: false, numbers: true };
    default:
      return GEOMETRY_TYPES.has(name) ? { kind: 'geometry', shape: name } : { kind: 'opaque', name };
  }
}

/**
 * The digits in `datetime(3)`. MySQL rounds to them, MariaDB cuts unless its sql_mode has TIME_ROUND_FRACTIONAL.
 *
 * @see https://mariadb.com/kb/en/sql-mode/
 */
function fractionOf({ column_type: declared }: ControlRow): Fraction {
  return { digits: Number(/\((\d)\)/.exec(declared ?? '')?.[1] ?? 0), halves: 'later' };
}

function digitsOf({ column_type: declared }: ControlRow): Pick<DecimalType, 'precision' | 'scale'> {
  const [, precision, scale = '0'] = /\((\d+)(?:,\s*(\d+))?\)/.exec(declared ?? '') ?? [];
  return precision === undefined ? {} : { precision: Number(precision), scale: Number(scale) };
}

function hasEmptyLabel({ column_type: declared }: ControlRow): boolean {
  return readLabels(declared ?? '').includes('');
}

function textTypeFor(row: ControlRow, wrap: (text: TextType) => ValueType): ValueType {
  const charset = charsetName(row.charset ?? '');
  if (charset === null) return { kind: 'unsupported', reason: `character set ${row.charset} has no rule` };
  const collation = row.collation ?? '';
  return wrap({
    kind: 'text',
    charset,
    padded: row.data_type === 'char',
    order: isCodepointCollation(collation) ? 'codepoint' : 'other',
    uuidOrder: uuidOrderOf(collation),
    ...lengthOf(row),
  });
}

/** `char` and `varchar` count characters, the others bytes; the largest end where a statement does. */
function lengthOf({ data_type: name, length }: ControlRow): Pick<TextType, 'mostCharacters' | 'mostBytes'> {
  if (length == null || name === 'longtext' || name === 'enum' || name === 'set') return {};
  const most = Number(length);
  return name === 'char' || name === 'varchar' ? { mostCharacters: most } : { mostBytes: most };
}

/**
 * Only binary collations without padding sort as code points do; `utf8mb4_bin` pads, so `'a\t' < 'a'` there.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/charset-collation-effect.html
 * @see https://mariadb.com/kb/en/supported-character-sets-and-collations/
 */
function isCodepointCollation(collation: string): boolean {
  return collation === 'utf8mb4_0900_bin' || /^(utf8mb4|utf8mb3|utf8|ascii)_nopad_bin$/.test(collation);
}

/**
 * Hexadecimal digits sort alike in the collations of general use. Tailored ones are left out: in Danish `aa` comes
 * after `z`.
 */
function uuidOrderOf(collation: string): TextType['uuidOrder'] {
  if (/_bin$/.test(collation)) return 'lower-case';
  const general = /_(general|unicode|unicode_520)(_nopad)?_ci$|_(0900|uca1400|uca1400_nopad)_a[is]_ci$/.test(
    collation,
  );
  return general || collation === 'latin1_swedish_ci' ? 'any-case' : 'unknown';
}
