import type { Table } from '../../core/schema.js';
import type { ControlRow } from '../session.js';
import type { ImageColumn, WriteSession } from '../write.js';
import { quoteName, textLiteral } from './dialect.js';
import { asSingle, floatLiteral } from './float-literal.js';

type Spelling = Pick<ImageColumn, 'select' | 'lossy' | 'literal' | 'guard' | 'hasValueOf'> & {
  /** Whether `column = literal` finds the value; it never finds a FLOAT, which is compared as a double. */
  readonly findsByLiteral: boolean;
};

const hexLiteral = (hex: string): string => (hex === '' ? "x''" : `0x${hex.toLowerCase()}`);

/** Reads the columns of a table with the way in which each is carried over. */
export async function readMysqlImages(session: WriteSession, table: Table): Promise<ImageColumn[]> {
  const rows = await session.query(
    `SELECT COLUMN_NAME AS name, LOWER(DATA_TYPE) AS type, CHARACTER_SET_NAME AS charset, EXTRA AS extra
     FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = ${textLiteral(table.schema)} AND TABLE_NAME = ${textLiteral(table.name)}
     ORDER BY ORDINAL_POSITION`,
  );
  return rows.map(createImage);
}

function createImage(row: ControlRow): ImageColumn {
  const name = row.name ?? '';
  const quoted = quoteName(name);
  const { findsByLiteral, ...spelling } = spellingOf(quoted, row);
  const literal = (text: string | null): string => (text === null ? 'NULL' : spelling.literal(text));
  const guard = (text: string | null): string => (text === null ? `${quoted} IS NULL` : spelling.guard(text));
  return {
    ...spelling,
    name,
    generated: /\b(virtual|stored|persistent) generated\b/i.test(row.extra ?? ''),
    literal,
    guard,
    keyCondition: (text) =>
      findsByLiteral ? `${quoted} = ${literal(text)} AND ${guard(text)}` : guard(text),
  };
}

function spellingOf(quoted: string, row: ControlRow): Spelling {
  const type = row.type ?? '';
  if (/^(var)?binary$|blob$|^(multi)?(point|linestring|polygon)$|^geom|^vector$/.test(type))
    return bytes(quoted);
  if (type === 'json') return json(quoted);
  if (/^(var)?char$|text$|^enum$|^set$/.test(type)) return text(quoted, row);
  if (type === 'float' || type === 'double') return float(quoted, type === 'float' ? 32 : 64);
  if (type === 'bit') return bits(quoted);
  if (/^(date|datetime|timestamp|time|year|uuid|inet4|inet6)$/.test(type)) return spelled(quoted);
  return number(quoted);
}

function bytes(quoted: string): Spelling {
  const asBytes = `CAST(${quoted} AS BINARY)`;
  return {
    select: `HEX(${asBytes})`,
    lossy: null,
    literal: (hex) => hexLiteral(hex ?? ''),
    guard: (hex) => `${asBytes} <=> ${hexLiteral(hex ?? '')}`,
    hasValueOf: (expression) => `${asBytes} <=> CAST(${expression} AS BINARY)`,
    findsByLiteral: true,
  };
}

/** By the bytes of the column's own character set: a collation would take `a` for `A`. */
function text(quoted: string, row: ControlRow): Spelling {
  const asBytes = `CAST(${quoted} AS BINARY)`;
  const charset = row.charset ?? 'utf8mb4';
  const literal = (hex: string | null): string =>
    hex === '' ? `_${charset}''` : `_${charset} 0x${hex?.toLowerCase()}`;
  return {
    select: `HEX(${asBytes})`,
    lossy: null,
    literal,
    guard: (hex) => `${asBytes} <=> ${hexLiteral(hex ?? '')}`,
    hasValueOf: (expression) =>
      `CAST(CONVERT(${quoted} USING utf8mb4) AS BINARY) <=> CAST(CONVERT(${expression} USING utf8mb4) AS BINARY)`,
    findsByLiteral: true,
  };
}

/** A document may hold a DATE or a BLOB, which its text turns into a string. */
function json(quoted: string): Spelling {
  const asBytes = `CAST(CAST(${quoted} AS CHAR) AS BINARY)`;
  const document = (hex: string | null): string => `_utf8mb4 ${hexLiteral(hex ?? '')}`;
  return {
    select: `HEX(${asBytes})`,
    lossy: `NOT ${quoted} <=> CAST(CAST(${quoted} AS CHAR) AS JSON)`,
    literal: (hex) => `CAST(${document(hex)} AS JSON)`,
    guard: (hex) => `${asBytes} <=> ${hexLiteral(hex ?? '')}`,
    hasValueOf: (expression) => `${quoted} <=> CAST(${expression} AS JSON)`,
    findsByLiteral: true,
  };
}

/**
 * The shortest digits of a double read back as the same double, and narrow to the same FLOAT. MySQL prints 22 characters at the
 * most, so that the sign is apart: else the last digit of -1.2345678901234568e-10 is lost. Of doubles below 1e-99 it may be lost still.
 */
function float(quoted: string, bits: 32 | 64): Spelling {
  const wide = `${quoted} * 1e0`;
  const digits = `CONCAT(LEFT('-', CAST(${wide} AS CHAR) LIKE '-%'), ABS(${wide}))`;
  return {
    select: digits,
    lossy: `NOT ${digits} + 0e0 <=> ${wide}`,
    literal: (text) => floatLiteral(text ?? '', bits),
    guard: (text) => `${digits} <=> '${text}'`,
    hasValueOf: (expression) => `${quoted} <=> ${bits === 32 ? asSingle(expression) : expression}`,
    findsByLiteral: bits === 64,
  };
}

function bits(quoted: string): Spelling {
  return {
    select: `CAST(${quoted} + 0 AS CHAR)`,
    lossy: null,
    literal: (number) => `${number}`,
    guard: (number) => `${quoted} + 0 <=> ${number}`,
    hasValueOf: (expression) => `${quoted} + 0 <=> ${expression} + 0`,
    findsByLiteral: true,
  };
}

function spelled(quoted: string): Spelling {
  const asText = `CAST(${quoted} AS CHAR)`;
  return {
    select: asText,
    lossy: null,
    literal: (value) => `'${value}'`,
    guard: (value) => `${asText} <=> '${value}'`,
    hasValueOf: (expression) => `${quoted} <=> ${expression}`,
    findsByLiteral: true,
  };
}

function number(quoted: string): Spelling {
  return {
    select: `CAST(${quoted} AS CHAR)`,
    lossy: null,
    literal: (digits) => `${digits}`,
    guard: (digits) => `${quoted} <=> ${digits}`,
    hasValueOf: (expression) => `${quoted} <=> ${expression}`,
    findsByLiteral: true,
  };
}
