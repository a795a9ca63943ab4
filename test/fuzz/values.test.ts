import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CanonicalType, chooseCanonicalType } from '../../src/core/canonical-type.js';
import { PLAIN } from '../../src/core/column-rule.js';
import { ByteSink } from '../../src/core/encoding/byte-sink.js';
import { RowproofError } from '../../src/core/errors.js';
import type { Column, TextType, ValueType } from '../../src/core/schema.js';
import { compileMysqlCodec } from '../../src/engines/mysql/codec.js';
import { compilePostgresqlCodec } from '../../src/engines/postgresql/codec.js';
import type { CodecColumn, RowCodec } from '../../src/engines/row-codec.js';
import { columnOf } from '../engines/codec-rows.js';
import { fuzz, fuzzTimeoutMs, mutated } from './fuzz.js';

const INT: ValueType = { kind: 'int', bits: 32, unsigned: false };
const MICROS: ValueType = { kind: 'instant' };
const TEXT: TextType = { kind: 'text', charset: 'utf8', padded: false, order: 'other', uuidOrder: 'unknown' };
const int4 = columnOf('int4', INT);
const numeric = columnOf('numeric', { kind: 'decimal' });
const varbit = columnOf('varbit', { kind: 'bits', length: null, numeric: false });
const exact = (name: string): ValueType => ({ kind: 'exact', name });
const inet = (family: 'any' | 'v4' | 'v6'): ValueType => ({ kind: 'inet', family });

/** Every form in which PostgreSQL sends values, with a type of each. */
const POSTGRESQL: readonly Column[] = [
  columnOf('bool', { kind: 'boolean' }),
  columnOf('int2', INT),
  int4,
  columnOf('int8', { kind: 'int', bits: 64, unsigned: false }),
  columnOf('oid', { kind: 'int', bits: 32, unsigned: true }),
  numeric,
  columnOf('money', { kind: 'money', digits: 2 }),
  columnOf('float4', { kind: 'float', bits: 32 }),
  columnOf('float8', { kind: 'float', bits: 64 }),
  columnOf('bytea', { kind: 'bytes', length: null, fixed: false }),
  varbit,
  columnOf('bit', { kind: 'bits', length: 8, numeric: false }),
  columnOf('date', { kind: 'date' }),
  columnOf('time', { kind: 'time' }),
  columnOf('timestamp', { kind: 'datetime' }),
  columnOf('timestamptz', MICROS),
  columnOf('json', { kind: 'json' }),
  columnOf('jsonb', { kind: 'json' }),
  columnOf('uuid', { kind: 'uuid', byteOrder: true }),
  ...['text', 'bpchar', 'char', 'ltree', 'jsonpath'].map((wire) => columnOf(wire, TEXT)),
  columnOf('enum', { kind: 'enum', text: TEXT }),
  columnOf('interval', { kind: 'interval' }),
  columnOf('inet', inet('any')),
  columnOf('cidr', inet('any')),
  ...['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'].map((wire) =>
    columnOf(wire, { kind: 'geometric', shape: wire }),
  ),
  ...['timetz', 'macaddr', 'macaddr8', 'xid8', 'tid', 'pg_lsn', 'opaque'].map((wire) =>
    columnOf(wire, exact(wire)),
  ),
  columnOf('array', { kind: 'array', element: numeric }),
  columnOf('array', { kind: 'array', element: varbit }),
  columnOf('range', { kind: 'range', bound: int4 }),
  columnOf('multirange', { kind: 'multirange', bound: numeric }),
  columnOf('composite', { kind: 'composite', fields: [int4, columnOf('text', TEXT)] }),
  columnOf('composite', {
    kind: 'composite',
    fields: [
      columnOf('array', { kind: 'array', element: columnOf('range', { kind: 'range', bound: int4 }) }),
    ],
  }),
];

const MYSQL: readonly Column[] = [
  ...['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year'].map((wire) => columnOf(wire, INT)),
  columnOf('bigint unsigned', { kind: 'int', bits: 64, unsigned: true }),
  columnOf('bit', { kind: 'bits', length: 9, numeric: true }),
  columnOf('decimal', { kind: 'decimal' }),
  columnOf('float', { kind: 'float', bits: 32 }),
  columnOf('double', { kind: 'float', bits: 64 }),
  columnOf('binary', { kind: 'bytes', length: null, fixed: false }),
  columnOf('binary', { kind: 'uuid', byteOrder: true }),
  columnOf('uuid', { kind: 'uuid', byteOrder: false }),
  columnOf('date', { kind: 'date' }),
  columnOf('time', { kind: 'time' }),
  columnOf('datetime', { kind: 'datetime' }),
  columnOf('timestamp', MICROS),
  columnOf('json', { kind: 'json' }),
  columnOf('json', { kind: 'json', typed: true }),
  columnOf('varchar', TEXT),
  columnOf('char', { ...TEXT, padded: true }),
  columnOf('enum', { kind: 'enum', text: TEXT }),
  columnOf('set', { kind: 'set', text: TEXT }),
  columnOf('inet4', inet('v4')),
  columnOf('inet6', inet('v6')),
  columnOf('geometry', { kind: 'geometry', shape: 'geometry' }),
  columnOf('vector', { kind: 'opaque', name: 'vector' }),
];

/** Values that are right for some type: what is nearly right gets further than noise. */
const SEEDS = [
  '',
  '00',
  '01',
  '0000000100000000000006a4000000020000000100000008000000020000270f0000000cffffffff',
  '000000020000000a00000001000000090000000018',
  '0000000c0002000000000002000103e8',
  '00010001000000020001',
  '000000000000000000000000000007',
  '7fffffffff',
  '0200080404c0a80001',
  '0300800010',
  '120000000400000001',
  '00000001000000051200000004',
  '00000002000000170000000400000001000000190000000161',
  '07e8071d0c000040420f00',
  '0801010000000c0000000000000000',
  '0100000001010000000000000000000840000000000000f03f',
].map((hex) => Buffer.from(hex, 'hex'));
const TEXTS = [
  '{"a": [1.50, {"b": null}, "\\ud83d\\ude00"], "a": 1e400}',
  '"2020-01-02" /* has scalars that are no JSON: each of those that are in quotes */',
  '192.168.0.1/24',
  '::ffff:10.0.0.1',
  '-00012345.678900',
  '00112233-4455-6677-8899-aabbccddeeff',
  'a,b,c',
].map((text) => Buffer.from(text));

const value = (): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 48 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(...SEEDS, ...TEXTS).chain(mutated),
  );

/** More than any value of so few bytes has to say: a numeric may have 131,072 digits before and 16,383 behind its point. */
const MOST_SAID = 1 << 20;

/** Turns a value into canonical bytes and into text; what is wrong about it may only be told with an error of ours. */
function readValue(codec: RowCodec, bytes: Buffer): void {
  // More rows stand before a value, and behind it unless it is the last one.
  const behind = bytes.length % 2 === 0 ? 9 : 0;
  const buffer = Buffer.concat([Buffer.alloc(7, 0xa5), bytes, Buffer.alloc(behind, 0xff)]);
  const [start, end] = [7, 7 + bytes.length];
  attempt(() => {
    const sink = new ByteSink();
    codec.encoders[0]?.(buffer, start, end, sink);
    expect(sink.length).toBeLessThan(MOST_SAID);
  });
  attempt(() => {
    const said = codec.formatters[0]?.(buffer, start, end) ?? '';
    expect((typeof said === 'string' ? said : said.hex).length).toBeLessThan(MOST_SAID);
  });
}

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RowproofError) || error.code !== 'wire-format') throw error;
  }
}

function canonicalOf(column: Column): CanonicalType {
  const choice = chooseCanonicalType(column, column);
  if (choice.kind !== 'comparable') throw new Error(`${column.wire}: ${choice.reason}`);
  return choice.canonical;
}

describe.each([
  { engine: 'PostgreSQL', columns: POSTGRESQL, compile: compilePostgresqlCodec },
  {
    engine: 'MySQL',
    columns: MYSQL,
    compile: (columns: readonly CodecColumn[]) => compileMysqlCodec(columns, new Map()),
  },
])('a value of a lying $engine', ({ engine, columns, compile }) => {
  it('of any type is a value or of another form than the catalog says, and small', {
    timeout: fuzzTimeoutMs(columns.length),
  }, async () => {
    const codecs = columns.map((column) =>
      compile([{ column, canonical: canonicalOf(column), partner: column.type, rule: PLAIN }]),
    );
    const input = fc.tuple(fc.nat(codecs.length - 1), value());
    await fuzz(`values of ${engine}`, input, ([at, bytes]) => {
      const codec = codecs[at];
      if (codec !== undefined) readValue(codec, bytes);
    });
  });
});
