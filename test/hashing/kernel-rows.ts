import type { CanonicalType } from '../../src/core/canonical-type.js';
import { PLAIN } from '../../src/core/column-rule.js';
import type { Column, ValueType } from '../../src/core/schema.js';
import type { Charset } from '../../src/engines/mysql/charset.js';
import { compileMysqlCodec } from '../../src/engines/mysql/codec.js';
import { compilePostgresqlCodec } from '../../src/engines/postgresql/codec.js';
import type { CodecColumn, RowCodec } from '../../src/engines/row-codec.js';
import type { RowSpan } from '../../src/engines/row-span.js';
import { columnOf, UTF8_TEXT } from '../engines/codec-rows.js';

/** A column under test: its engine's wire name, its type and the canonical type of its pair. */
export interface KernelCase {
  readonly wire: string;
  readonly type: ValueType;
  readonly canonical: CanonicalType;
}

/** A wire value, without its length; null is NULL. */
export type WireValue = Buffer | null;

/** How one engine writes rows, and how its codec is compiled. */
export interface WireFormat {
  readonly name: string;
  readonly id: KernelCase;
  compile(columns: readonly KernelCase[]): RowCodec;
  compileColumns(columns: readonly CodecColumn[]): RowCodec;
  /** The wire value of the id column. */
  writeId(id: number): Buffer;
  writeRow(columns: readonly KernelCase[], values: readonly WireValue[]): Buffer;
}

const INT: ValueType = { kind: 'int', bits: 64, unsigned: false };

function codecColumn({ wire, type, canonical }: KernelCase) {
  return { column: columnOf(wire, type), canonical, partner: type, rule: PLAIN };
}

/** latin1 as MySQL has it, with a hole where a test needs one. */
const singles = Int32Array.from({ length: 256 }, (_, byte) =>
  byte === 0x81 ? -1 : byte === 0x80 ? 0x20ac : byte,
);
const pairs = new Int32Array(65536).fill(-1);
const doubles = Int32Array.from({ length: 256 }, (_, byte) => (byte < 0x80 ? byte : -1));
const CHARSETS: ReadonlyMap<string, Charset> = new Map([
  ['gbk', { singles: doubles, pairs, wide: null, ascii: true }],
  ['latin1', { singles, pairs: null, wide: null, ascii: true }],
]);

const FIXED_WIDTH = /^(tinyint|smallint|mediumint|int|bigint|year|float|double)( unsigned)?$/;
const SHORT_LENGTH = /^(date|time|datetime|timestamp)$/;

function lengthEncoded(value: Buffer): Buffer {
  if (value.length <= 250) return Buffer.concat([Buffer.from([value.length]), value]);
  const [kind, width] = value.length < 65536 ? [252, 2] : value.length < 1 << 24 ? [253, 3] : [254, 8];
  const head = Buffer.alloc(1 + width, 0);
  head[0] = kind;
  head.writeUIntLE(value.length, 1, Math.min(width, 6));
  return Buffer.concat([head, value]);
}

export const MYSQL_FORMAT: WireFormat = {
  name: 'MySQL packets',
  id: { wire: 'bigint', type: INT, canonical: 'int' },
  compile: (columns) => compileMysqlCodec(columns.map(codecColumn), CHARSETS),
  compileColumns: (columns) => compileMysqlCodec(columns, CHARSETS),
  writeId: (id) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(id));
    return bytes;
  },
  writeRow: (columns, values) => {
    const bitmap = Buffer.alloc((columns.length + 9) >> 3);
    const fields = values.flatMap((value, i) => {
      const wire = columns[i]?.wire ?? '';
      if (value === null) bitmap[(i + 2) >> 3] = (bitmap[(i + 2) >> 3] ?? 0) | (1 << ((i + 2) & 7));
      if (value === null || FIXED_WIDTH.test(wire)) return value ?? [];
      return SHORT_LENGTH.test(wire) ? [Buffer.from([value.length]), value] : [lengthEncoded(value)];
    });
    const body = Buffer.concat([Buffer.alloc(1), bitmap, ...fields]);
    const header = Buffer.alloc(4);
    header.writeUIntLE(Math.min(body.length, 0xffffff), 0, 3);
    return Buffer.concat([header, body]);
  },
};

export const POSTGRESQL_FORMAT: WireFormat = {
  name: 'PostgreSQL rows',
  id: { wire: 'int8', type: INT, canonical: 'int' },
  compile: (columns) => compilePostgresqlCodec(columns.map(codecColumn)),
  compileColumns: compilePostgresqlCodec,
  writeId: (id) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(id));
    return bytes;
  },
  writeRow: (_columns, values) => {
    const fields = values.flatMap((value) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(value === null ? -1 : value.length);
      return value === null ? [length] : [length, value];
    });
    const head = Buffer.from([0x44, 0, 0, 0, 0, 0, 0]);
    const body = Buffer.concat(fields);
    head.writeUInt32BE(6 + body.length, 1);
    head.writeUInt16BE(values.length, 5);
    return Buffer.concat([head, body]);
  },
};

export const FORMATS = [MYSQL_FORMAT, POSTGRESQL_FORMAT];

/** Rows as one span, not at the beginning of its buffer. */
export function toSpan(rows: readonly Buffer[]): RowSpan {
  const buffer = Buffer.concat([Buffer.alloc(5, 0xee), ...rows, Buffer.alloc(9, 0xee)]);
  return { buffer, start: 5, end: buffer.length - 9, rows: rows.length };
}

export function keyColumnOf({ wire, type }: KernelCase): Column {
  return columnOf(wire, type);
}

const text = (facts: Partial<Extract<ValueType, { kind: 'text' }>>): ValueType => ({
  ...(UTF8_TEXT as Extract<ValueType, { kind: 'text' }>),
  ...facts,
});
export const LATIN1_TEXT = text({ charset: 'latin1' });
export const GBK_TEXT = text({ charset: 'gbk' });
export const KEY_TEXT = text({ order: 'codepoint', uuidOrder: 'lower-case' });
export { UTF8_TEXT };
