import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyKind } from '../../src/core/encoding/key-bytes.js';
import { OP_EXTERNAL } from '../../src/engines/kernel-opcodes.js';
import { eachRow, type RowSpan } from '../../src/engines/row-span.js';
import type { CompiledProgram } from '../../src/hashing/compiled-program.js';
import { compileKernel } from '../../src/hashing/kernel-module.js';
import { createRowHash } from '../../src/hashing/row-hash.js';
import { RowIndex } from '../../src/hashing/row-index.js';
import { RowKernel } from '../../src/hashing/row-kernel.js';
import { type ChunkHasher, RowReader } from '../../src/hashing/row-reader.js';
import { MYSQL_CASES, POSTGRESQL_CASES, type ValueCase } from './kernel-cases.js';
import {
  FORMATS,
  GBK_TEXT,
  KEY_TEXT,
  type KernelCase,
  keyColumnOf,
  MYSQL_FORMAT,
  POSTGRESQL_FORMAT,
  toSpan,
  type WireFormat,
  type WireValue,
} from './kernel-rows.js';

const SEED = 0x9e37_79b9_7f4a_7c15n;
const hash = await createRowHash(SEED);
const kernel = new RowKernel(SEED, compileKernel());
const hasher = { hash, kernel, asSent: false };
const RUNS = { numRuns: 40 };

/** Has the kernel index one span at once. */
function indexInKernel(reader: RowReader, span: RowSpan, index: RowIndex, asSent = false): boolean {
  kernel.clear();
  return kernel.gather(programOf(reader), span) && kernel.indexGathered(programOf(reader), index, asSent);
}

/** Adds the rows of spans to an index, as a chunk's are. */
function indexSpans(
  reader: RowReader,
  spans: readonly RowSpan[],
  index: RowIndex,
  by: ChunkHasher = hasher,
): void {
  kernel.clear();
  for (const span of spans) reader.indexSpan(span, index, by);
  reader.endIndex(index, by);
}

function readerOf(
  format: WireFormat,
  columns: readonly KernelCase[],
  keyKinds: readonly KeyKind[] = ['int'],
): RowReader {
  const key = keyKinds.map((keyKind, i) => ({ column: keyColumnOf(columns[i] as KernelCase), keyKind }));
  return new RowReader(format.compile(columns), key);
}

function programOf(reader: RowReader): CompiledProgram {
  if (reader.program === null) throw new Error('The kernel has nothing to do.');
  return reader.program;
}

/** The keys and sizes of an index, so that a difference can be read. */
function describeIndex(index: RowIndex) {
  return Array.from({ length: index.count }, (_, i) => ({
    key: index.keyAt(i).toString('hex'),
    wireBytes: index.wireBytesAt(i),
  }));
}

/** Reads spans in TypeScript and in the kernel, which must take each of them, and expects the same index. */
function expectSame(reader: RowReader, spans: readonly RowSpan[]): void {
  const specified = new RowIndex();
  const made = new RowIndex();
  for (const span of spans) {
    eachRow(reader.codec, span, (row) => reader.indexRow(row, specified, hash));
    expect(indexInKernel(reader, span, made)).toBe(true);
  }
  expect(describeIndex(made)).toEqual(describeIndex(specified));
  expect(made.equals(specified)).toBe(true);
}

/** The same for hashes of what was sent, with the spans gathered in the kernel as a chunk's are. */
function expectSameAsSent(reader: RowReader, spans: readonly RowSpan[]): RowIndex {
  const specified = new RowIndex();
  const made = new RowIndex();
  indexSpans(reader, spans, specified, { hash, kernel: null, asSent: true });
  indexSpans(reader, spans, made, { hash, kernel, asSent: true });
  expect(describeIndex(made)).toEqual(describeIndex(specified));
  expect(made.equals(specified)).toBe(true);
  return made;
}

function spanOf(format: WireFormat, column: KernelCase, values: readonly WireValue[]): RowSpan {
  return toSpan(values.map((value, id) => format.writeRow([format.id, column], [format.writeId(id), value])));
}

const cases = [
  ...MYSQL_CASES.map((column) => ({ format: MYSQL_FORMAT, column })),
  ...POSTGRESQL_CASES.map((column) => ({ format: POSTGRESQL_FORMAT, column })),
].map((it) => ({
  ...it,
  title: `${it.format.name}: ${it.column.wire} (${it.column.type.kind}) as ${it.column.canonical}`,
}));

describe('the kernel writes the bytes of its TypeScript twin', () => {
  it.each(cases)('for $title', ({ format, column }) => {
    const reader = readerOf(format, [format.id, column]);
    expect(format.compile([column]).program.columns[0]?.opcode).not.toBe(OP_EXTERNAL);
    const hard = column.hard.map((value) => Buffer.from(value, 'hex'));
    for (const value of hard) expectSame(reader, [spanOf(format, column, [value])]);
    fc.assert(
      fc.property(fc.array(fc.option(column.drawn), { minLength: 1, maxLength: 30 }), (values) =>
        expectSame(reader, [spanOf(format, column, values)]),
      ),
      RUNS,
    );
  });

  it.each(FORMATS)('for random rows of all columns, over spans that end anywhere ($name)', (format) => {
    const columns: readonly ValueCase[] = format === MYSQL_FORMAT ? MYSQL_CASES : POSTGRESQL_CASES;
    const all = [format.id, ...columns];
    const reader = readerOf(format, all);
    const row = fc.tuple(...columns.map((column) => fc.option(column.drawn, { freq: 8 })));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (rows, cut) => {
          const wire = rows.map((values, id) => format.writeRow(all, [format.writeId(id), ...values]));
          const spans = [wire.slice(0, cut), wire.slice(cut)].filter((it) => it.length > 0).map(toSpan);
          expectSame(reader, spans);
          expectSameAsSent(reader, spans);
        },
      ),
      RUNS,
    );
  });

  it('in key bytes of every kind, and refuses what has no place in the order', () => {
    const keys: readonly [WireFormat, ValueCase | undefined, KeyKind][] = [
      [MYSQL_FORMAT, find(MYSQL_CASES, 'bigint unsigned', 'int'), 'int'],
      [MYSQL_FORMAT, find(MYSQL_CASES, 'decimal', 'decimal'), 'decimal'],
      [MYSQL_FORMAT, find(MYSQL_CASES, 'int', 'decimal'), 'decimal'],
      [MYSQL_FORMAT, find(MYSQL_CASES, 'blob', 'bytes'), 'bytes'],
      [MYSQL_FORMAT, find(MYSQL_CASES, 'text', 'text'), 'text'],
      [MYSQL_FORMAT, find(MYSQL_CASES, 'varchar', 'text'), 'text'],
      [MYSQL_FORMAT, find(MYSQL_CASES, 'date', 'date'), 'date'],
      [MYSQL_FORMAT, find(MYSQL_CASES, 'datetime', 'datetime'), 'datetime'],
      [MYSQL_FORMAT, find(MYSQL_CASES, 'time', 'time'), 'time'],
      [MYSQL_FORMAT, { ...find(MYSQL_CASES, 'char', 'uuid'), type: KEY_TEXT }, 'uuid'],
      [POSTGRESQL_FORMAT, find(POSTGRESQL_CASES, 'numeric', 'decimal'), 'decimal'],
      [POSTGRESQL_FORMAT, find(POSTGRESQL_CASES, 'timestamptz', 'instant'), 'instant'],
      [POSTGRESQL_FORMAT, find(POSTGRESQL_CASES, 'uuid', 'uuid'), 'uuid'],
      [POSTGRESQL_FORMAT, { ...find(POSTGRESQL_CASES, 'text', 'uuid'), type: KEY_TEXT }, 'uuid'],
    ];
    for (const [format, column, kind] of keys) {
      if (column === undefined) throw new Error('No such case');
      const reader = readerOf(format, [column], [kind]);
      for (const value of [...column.hard.map((it) => Buffer.from(it, 'hex')), null]) {
        const span = toSpan([format.writeRow([column], [value])]);
        const refusal = messageOf(() =>
          eachRow(reader.codec, span, (row) => reader.indexRow(row, new RowIndex(), hash)),
        );
        if (refusal === null) expectSame(reader, [span]);
        else {
          expect(indexInKernel(reader, span, new RowIndex())).toBe(false);
          expect(messageOf(() => indexSpans(reader, [span], new RowIndex()))).toBe(refusal);
        }
      }
    }
  });
});

function find(columns: readonly ValueCase[], wire: string, canonical: string): ValueCase {
  const found = columns.find((column) => column.wire === wire && column.canonical === canonical);
  if (found === undefined) throw new Error(`No case ${wire}`);
  return found;
}

function messageOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const BLOB: KernelCase = {
  wire: 'blob',
  type: { kind: 'bytes', length: null, fixed: false },
  canonical: 'bytes',
};
const JSON_TEXT: KernelCase = { wire: 'json', type: { kind: 'json' }, canonical: 'json' };
const GBK: KernelCase = { wire: 'varchar', type: GBK_TEXT, canonical: 'text' };

describe('the kernel', () => {
  it('hashes rows of any length as xxhash-wasm does', () => {
    const reader = readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, BLOB]);
    const lengths = [...Array.from({ length: 301 }, (_, length) => length), 4095, 4096, 65_535, 200_000];
    for (const length of lengths) {
      const value = Buffer.from(Array.from({ length }, (_, i) => (i * 31 + length) & 0xff));
      expectSame(reader, [spanOf(MYSQL_FORMAT, BLOB, [value])]);
    }
  });

  it.each(FORMATS)('hands values without an opcode to their TypeScript encoders ($name)', (format) => {
    const document = format === MYSQL_FORMAT ? JSON_TEXT : { ...JSON_TEXT, wire: 'jsonb' };
    const columns = [format.id, document, ...(format === MYSQL_FORMAT ? [GBK] : []), document];
    const reader = readerOf(format, columns);
    const version = format === MYSQL_FORMAT ? '' : '\x01';
    const value = (text: string): Buffer => Buffer.from(version + text);
    const rows = ['{"b":1, "a":[2]}', '7', null, '"x"', 'no json', '[]'].map((text, id) => {
      const first = text === null ? null : value(text);
      const middle = format === MYSQL_FORMAT ? [id % 2 === 0 ? null : Buffer.from([0x61, 0xaa, 0xa1])] : [];
      return format.writeRow(columns, [format.writeId(id), first, ...middle, value(`{"n":${id}}`)]);
    });
    expect(programOf(reader).externalEncoders).toHaveLength(columns.length - 1);
    expectSame(reader, [toSpan(rows.slice(0, 4)), toSpan(rows.slice(4))]);
  });

  it.each(FORMATS)('leaves rows that are out of order, and says so as its twin does ($name)', (format) => {
    const reader = readerOf(format, [format.id]);
    const write = (ids: readonly number[]): RowSpan =>
      toSpan(ids.map((id) => format.writeRow([format.id], [format.writeId(id)])));
    for (const second of [
      [1, 3, 4],
      [2, 5],
      [3, 4, 4],
      [3, 4, -5],
    ]) {
      const index = new RowIndex();
      indexSpans(reader, [write([-1, 0, 2])], index);
      const before = describeIndex(index);
      expect(indexInKernel(reader, write(second), index)).toBe(false);
      expect(describeIndex(index)).toEqual(before);
      expect(messageOf(() => indexSpans(reader, [write(second)], index))).toContain(
        'do not arrive in the order',
      );
    }
  });

  it.each(FORMATS)('leaves what is no whole row to its twin, wherever it is cut ($name)', (format) => {
    const columns = [format.id, format === MYSQL_FORMAT ? BLOB : { ...BLOB, wire: 'bytea' }];
    const reader = readerOf(format, columns);
    const row = format.writeRow(columns, [format.writeId(7), Buffer.from('value')]);
    for (let length = 0; length < row.length; length++) {
      const span = toSpan([row.subarray(0, length)]);
      expect(indexInKernel(reader, span, new RowIndex())).toBe(false);
    }
    for (let at = 0; at < row.length; at++) {
      const broken = Buffer.from(row);
      broken[at] = (broken[at] as number) ^ 0x81;
      const span = toSpan([broken]);
      const specified = new RowIndex();
      const refusal = messageOf(() =>
        eachRow(reader.codec, span, (it) => reader.indexRow(it, specified, hash)),
      );
      const made = new RowIndex();
      const taken = indexInKernel(reader, span, made);
      if (taken) expect(describeIndex(made)).toEqual(describeIndex(specified));
      if (refusal !== null) expect(taken).toBe(false);
    }
  });

  it('leaves rows of megabytes to its twin and keeps its memory small', () => {
    const reader = readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, BLOB]);
    const index = new RowIndex();
    const sizes = [100, 20 << 20, 200, 200_000, 64 << 20, 300];
    for (const [id, size] of sizes.entries()) {
      const values = [MYSQL_FORMAT.writeId(id), Buffer.alloc(size, id)];
      const span = toSpan([MYSQL_FORMAT.writeRow([MYSQL_FORMAT.id, BLOB], values)]);
      indexSpans(reader, [span], index);
    }
    expect(index.count).toBe(sizes.length);
    expect(kernel.memoryBytes).toBeLessThan(8 << 20);
  });

  it.each(FORMATS)('hashes keys and rows in any order for those who need none ($name)', (format) => {
    const reader = readerOf(format, [format.id, format.id], ['int', 'int']);
    const ids = [5, 3, 3, -1];
    const rows = ids.map((id) =>
      format.writeRow([format.id, format.id], [format.writeId(id), format.writeId(id * 2)]),
    );
    const hashed = kernel.hashSpan(programOf(reader), toSpan(rows));
    const keyOf = (id: number): Buffer => {
      const index = new RowIndex();
      const single = toSpan([
        format.writeRow([format.id, format.id], [format.writeId(id), format.writeId(id * 2)]),
      ]);
      reader.indexSpan(single, index, { hash, kernel: null, asSent: false });
      return Buffer.from(index.keyAt(0));
    };
    expect([...(hashed?.keyHashes ?? [])]).toEqual(ids.map((id) => hash(keyOf(id), keyOf(id).length)));
    expect(Buffer.from(hashed?.keys ?? [])).toEqual(Buffer.concat(ids.map(keyOf)));
    expect([...(hashed?.hashes ?? [])]).toEqual(ids.map((id) => hash(keyOf(id), keyOf(id).length)));
  });
});

describe('rows hashed as they were sent', () => {
  it.each(FORMATS)('differ wherever a byte of one does, and in nothing else ($name)', (format) => {
    const columns = [format.id, format === MYSQL_FORMAT ? BLOB : { ...BLOB, wire: 'bytea' }];
    const reader = readerOf(format, columns);
    const write = (value: string | null): RowSpan =>
      toSpan([format.writeRow(columns, [format.writeId(7), value === null ? null : Buffer.from(value)])]);
    const one = expectSameAsSent(reader, [write('value')]);
    expect(expectSameAsSent(reader, [write('value')]).equals(one)).toBe(true);
    for (const other of ['valuf', 'valu', 'value ', '', null]) {
      expect(expectSameAsSent(reader, [write(other)]).equals(one)).toBe(false);
    }
  });

  it('do not depend on the number of a packet, which no two reads share', () => {
    const reader = readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, BLOB]);
    const row = MYSQL_FORMAT.writeRow(
      [MYSQL_FORMAT.id, BLOB],
      [MYSQL_FORMAT.writeId(1), Buffer.from('value')],
    );
    const renumbered = Buffer.from(row);
    renumbered[3] = (renumbered[3] as number) + 1;
    const one = expectSameAsSent(reader, [toSpan([row])]);
    expect(expectSameAsSent(reader, [toSpan([renumbered])]).equals(one)).toBe(true);
  });

  it('are in key order, or refused as canonical ones are', () => {
    const reader = readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, BLOB]);
    const spans = [1, 3, 2].map((id) => spanWithId(id));
    const asSent = { hash, kernel, asSent: true };
    expect(messageOf(() => indexSpans(reader, spans, new RowIndex(), asSent))).toContain(
      'do not arrive in the order',
    );
  });

  it('need both sides to mean the same by the same bytes', () => {
    const text = find(MYSQL_CASES, 'text', 'text');
    const padded = find(MYSQL_CASES, 'char', 'uuid');
    const readers = {
      text: readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, text]),
      other: readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, padded]),
      json: readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, JSON_TEXT]),
      gbk: readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, GBK, text]),
      postgresql: readerOf(POSTGRESQL_FORMAT, [POSTGRESQL_FORMAT.id, find(POSTGRESQL_CASES, 'text', 'text')]),
    };
    const again = {
      text: readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, text]),
      json: readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, JSON_TEXT]),
      gbk: readerOf(MYSQL_FORMAT, [MYSQL_FORMAT.id, GBK, text]),
    };
    expect(readers.text.meansTheSame(again.text)).toBe(true);
    expect(readers.json.meansTheSame(again.json)).toBe(true);
    expect(readers.text.meansTheSame(readers.other)).toBe(false);
    expect(readers.text.meansTheSame(readers.json)).toBe(false);
    expect(readers.text.meansTheSame(readers.postgresql)).toBe(false);
    // A character set's table comes from its server, so two of the same name may decode differently.
    expect(readers.gbk.meansTheSame(again.gbk)).toBe(false);
  });
});

function spanWithId(id: number): RowSpan {
  const columns = [MYSQL_FORMAT.id, BLOB];
  return toSpan([MYSQL_FORMAT.writeRow(columns, [MYSQL_FORMAT.writeId(id), Buffer.from('x')])]);
}
