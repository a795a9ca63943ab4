import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalType } from '../../src/core/canonical-type.js';
import { ByteSink } from '../../src/core/encoding/byte-sink.js';
import type { ValueType } from '../../src/core/schema.js';
import { compileMysqlCodec } from '../../src/engines/mysql/codec.js';
import { PacketFrames } from '../../src/engines/mysql/packet-frames.js';
import { compilePostgresqlCodec } from '../../src/engines/postgresql/codec.js';
import { DataFrames } from '../../src/engines/postgresql/data-frames.js';
import type { CodecColumn, RowCodec } from '../../src/engines/row-codec.js';
import { columnOf, UTF8_TEXT } from '../engines/codec-rows.js';
import { fuzz, fuzzTimeoutMs, mutated, pieces } from './fuzz.js';

const PLAIN = { kind: 'plain' } as const;

function codecColumn(wire: string, type: ValueType, canonical: CanonicalType): CodecColumn {
  return { column: columnOf(wire, type), canonical, partner: type, rule: PLAIN };
}

const INT: ValueType = { kind: 'int', bits: 64, unsigned: false };
const POSTGRESQL = compilePostgresqlCodec([
  codecColumn('int8', INT, 'int'),
  codecColumn('text', UTF8_TEXT, 'text'),
  codecColumn('numeric', { kind: 'decimal' }, 'decimal'),
]);
const MYSQL = compileMysqlCodec([codecColumn('bigint', INT, 'int')], new Map());

const LAST_ROW = postgresMessage('D', postgresRow(8, 'eight'));
/** A whole result of two rows, as the server sends it. */
const RESULT = Buffer.concat([
  postgresMessage('1', Buffer.alloc(0)),
  postgresMessage('2', Buffer.alloc(0)),
  postgresMessage('D', postgresRow(7, 'seven')),
  LAST_ROW,
  postgresMessage('C', Buffer.from('SELECT 2\0')),
]);

function postgresMessage(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function postgresRow(id: number, text: string): Buffer {
  const head = Buffer.alloc(18);
  head.writeInt16BE(3, 0);
  head.writeInt32BE(8, 2);
  head.writeBigInt64BE(BigInt(id), 6);
  head.writeInt32BE(Buffer.byteLength(text), 14);
  const numeric = Buffer.from('0000000c0002000000000002000103e8', 'hex');
  return Buffer.concat([head, Buffer.from(text), numeric]);
}

/** Reads what the rows of a span hold, as the worker does; a span that is no rows makes the codec throw. */
function readSpan(
  codec: RowCodec,
  bytes: Buffer,
  { start, end, rows }: { start: number; end: number; rows: number },
) {
  const width = codec.encoders.length;
  const spans = { starts: new Int32Array(width), ends: new Int32Array(width) };
  let at = start;
  for (let row = 0; row < rows; row += 1) {
    at = codec.split(bytes, at + codec.headerBytes, end, spans);
    codec.encoders.forEach((encode, index) => {
      const [from = -1, to = -1] = [spans.starts[index], spans.ends[index]];
      if (from >= 0) encode(bytes, from, to, new ByteSink());
      codec.formatters[index]?.(bytes, Math.max(from, 0), Math.max(to, 0));
    });
  }
}

function readResult(stream: readonly Buffer[]): boolean {
  let spans = 0;
  const frames = new DataFrames((buffer, start, end, rows) => {
    spans += 1;
    expect(start >= 0 && start < end && end <= buffer.length && rows > 0).toBe(true);
    readSpan(POSTGRESQL, buffer, { start, end, rows });
    return true;
  });
  for (const piece of stream) frames.push(piece, () => undefined);
  expect(spans).toBeLessThan(1000);
  return frames.confirmed === 1;
}

/** Takes an announced length that no small stream can fill for what it is: the limits on lengths have tests of their own. */
function announcesLittle(bytes: Buffer): boolean {
  for (let at = 0; at + 5 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 1);
    if (length > 1 << 20) return false;
    at += 1 + length;
  }
  return true;
}

describe('bytes of a lying server', () => {
  it('are read as rows, refused or waited for, and never take long', {
    timeout: fuzzTimeoutMs(),
  }, async () => {
    expect(readResult([RESULT])).toBe(true);
    const input = fc.tuple(mutated(RESULT).filter(announcesLittle), fc.array(fc.nat(400), { maxLength: 5 }));
    await fuzz(
      'result frames',
      input,
      ([bytes, cuts]) => void attempt(() => readResult(pieces(bytes, cuts))),
    );
  });

  it('are no whole result where the end or a row is missing', { timeout: fuzzTimeoutMs() }, async () => {
    const input = fc.tuple(fc.nat(RESULT.length - 1), fc.array(fc.nat(400), { maxLength: 5 }));
    await fuzz('cut result', input, ([length, cuts]) => {
      expect(readResult(pieces(RESULT.subarray(0, length), cuts))).toBe(false);
    });
    const at = RESULT.indexOf(LAST_ROW);
    const [before, after] = [RESULT.subarray(0, at), RESULT.subarray(at + LAST_ROW.length)];
    for (const wrong of [
      [before, after],
      [before, LAST_ROW, LAST_ROW, after],
    ])
      expect(() => readResult(wrong)).toThrow('without confirming its end');
  });

  it('are cut into packets that lie in what came', { timeout: fuzzTimeoutMs() }, async () => {
    const row = Buffer.from([10, 0, 0, 5, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
    const stream = Buffer.concat([row, row, Buffer.from([5, 0, 0, 7, 0xfe, 0, 0, 2, 0])]);
    const input = fc.tuple(mutated(stream), fc.array(fc.nat(100), { maxLength: 5 }));
    await fuzz('packets', input, ([bytes, cuts]) => {
      const frames = new PacketFrames(
        (buffer, start, end, rows) => {
          expect(start >= 0 && start < end && end <= buffer.length && rows > 0).toBe(true);
          readSpan(MYSQL, buffer, { start, end, rows });
          return true;
        },
        { expectsRows: true, forward: (packet) => expect(packet.length).toBeGreaterThanOrEqual(4) },
      );
      attempt(() => pieces(bytes, cuts).every((piece) => frames.push(piece)));
    });
  });
});

/** Runs what may refuse its input with any error; an assertion of the test is none of them. */
function attempt(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'AssertionError') throw error;
  }
}
