import { encodeInt, encodeSpan, TAG } from '../../src/core/encoding/canonical.js';
import { OP_EXTERNAL } from '../../src/engines/kernel-opcodes.js';
import type { CodecColumn, FieldEncoder, FieldSpans, RowCodec } from '../../src/engines/row-codec.js';
import type { MemoryValue } from './databases.js';

const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

/** A row on the way: for each value its length and its text, or a length of -1. */
export function encodeRow(values: readonly MemoryValue[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const text = Buffer.from(value === null ? '' : String(value), 'utf8');
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeInt32BE(value === null ? NULL_LENGTH : text.length);
      return Buffer.concat([length, text]);
    }),
  );
}

/** What reads such rows. The kernel knows nothing of them, so that all of it happens in TypeScript. */
export function compileCodec(columns: readonly CodecColumn[]): RowCodec {
  return {
    headerBytes: 0,
    rowEnd: (_buffer, _start, end) => end,
    split: (buffer, offset, _end, spans) => split(buffer, offset, spans),
    encoders: columns.map(({ column, canonical }) =>
      column.type.kind === 'int' && canonical === 'int' ? encodeInteger : encodeText,
    ),
    formatters: columns.map(() => (buffer, start, end) => buffer.toString('utf8', start, end)),
    program: {
      framing: 0,
      columns: columns.map(() => ({ opcode: OP_EXTERNAL, width: 0, argument: 0 })),
      tables: [],
    },
  };
}

function split(buffer: Buffer, offset: number, { starts, ends }: FieldSpans): number {
  let at = offset;
  for (let i = 0; i < starts.length; i++) {
    const length = buffer.readInt32BE(at);
    at += LENGTH_BYTES;
    starts[i] = length === NULL_LENGTH ? NULL_LENGTH : at;
    at += Math.max(0, length);
    ends[i] = at;
  }
  return at;
}

const encodeInteger: FieldEncoder = (buffer, start, end, sink) => {
  const value = BigInt(buffer.toString('latin1', start, end));
  const bits = BigInt.asUintN(64, value);
  encodeInt(sink, Number(bits >> 32n), Number(bits & 0xffffffffn), value < 0n);
};

const encodeText: FieldEncoder = (buffer, start, end, sink) => encodeSpan(sink, TAG.text, buffer, start, end);
