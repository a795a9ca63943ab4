import { ByteSink } from '../../src/core/encoding/byte-sink.js';
import type { Column, ValueType } from '../../src/core/schema.js';
import type { RowCodec } from '../../src/engines/row-codec.js';

/** A column as a catalog would describe it, as far as a codec looks at it. */
export function columnOf(wire: string, type: ValueType): Column {
  return {
    name: wire,
    declared: wire,
    wire,
    type,
    nullable: true,
    generated: false,
    identity: 'none',
    invisible: false,
    collation: null,
  };
}

/** A text type in UTF-8. */
export const UTF8_TEXT: ValueType = {
  kind: 'text',
  charset: 'utf8',
  padded: false,
  order: 'other',
  uuidOrder: 'unknown',
};

/** The canonical bytes, in hex, of each field of a row; null where it is NULL. The row ends where the buffer does. */
export function encodeRow(codec: RowCodec, row: Buffer): (string | null)[] {
  const count = codec.encoders.length;
  const spans = { starts: new Int32Array(count), ends: new Int32Array(count) };
  const padded = Buffer.concat([Buffer.alloc(3), row]);
  codec.split(padded, 3, padded.length, spans);
  return codec.encoders.map((encode, i) => {
    const [start = -1, end = -1] = [spans.starts[i], spans.ends[i]];
    if (start < 0) return null;
    const sink = new ByteSink();
    encode(padded, start, end, sink);
    return sink.toBuffer().toString('hex');
  });
}
