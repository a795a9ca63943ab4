import { ByteSink } from '../core/encoding/byte-sink.js';
import { comparedColumns, type TablePair } from '../core/pairing.js';
import type { FieldEncoder, FieldSpans, RowCodec } from '../engines/row-codec.js';
import type { WireRow } from '../engines/row-span.js';
import type { TableSide } from './table-side.js';

/** A byte of a field, counted from the field's end, whose lowest bit is turned. */
export interface Alteration {
  readonly field: number;
  readonly fromEnd: number;
}

/** Longer values are altered near their end all the same. */
const MOST_TRIED_BYTES = 24;

/**
 * Finds a bit of a row whose turning makes another value, by every rule that rows are compared by: a scale that is sent with
 * a number is no value, and what a tolerance allows is no difference. Null where no value of the row can be altered.
 */
export function findAlteration(
  pair: TablePair,
  { reader, valueEncoders }: TableSide,
  { row, withKey }: { readonly row: WireRow; readonly withKey: boolean },
): Alteration | null {
  const { codec } = reader;
  const spans = splitRow(codec, row);
  const columns = comparedColumns(pair);
  const first = withKey ? 0 : pair.key.length;
  for (let field = first; field < columns.length; field++) {
    const column = columns[field];
    if (column === undefined || column.rule.kind !== 'plain' || column.canonical === 'wire') continue;
    const [start, end] = [spans.starts[field] as number, spans.ends[field] as number];
    for (let fromEnd = 0; start >= 0 && fromEnd < Math.min(MOST_TRIED_BYTES, end - start); fromEnd++) {
      const encoders = [codec.encoders[field], valueEncoders[field]];
      if (encoders.every((encode) => isOtherValue(encode, { row, start, end }, fromEnd)))
        return { field, fromEnd };
    }
  }
  return null;
}

/** Alters a row in its buffer. */
export function alterRow(codec: RowCodec, row: WireRow, { field, fromEnd }: Alteration): void {
  const at = (splitRow(codec, row).ends[field] as number) - 1 - fromEnd;
  row.buffer[at] = (row.buffer[at] as number) ^ 1;
}

function splitRow(codec: RowCodec, { buffer, offset, end }: WireRow): FieldSpans {
  const count = codec.encoders.length;
  const spans = { starts: new Int32Array(count), ends: new Int32Array(count) };
  codec.split(buffer, offset, end, spans);
  return spans;
}

interface Field {
  readonly row: WireRow;
  readonly start: number;
  readonly end: number;
}

function isOtherValue(encode: FieldEncoder | undefined, field: Field, fromEnd: number): boolean {
  if (encode === undefined) return false;
  const value = Buffer.from(field.row.buffer.subarray(field.start, field.end));
  const before = encodeValue(encode, value);
  const at = value.length - 1 - fromEnd;
  value[at] = (value[at] as number) ^ 1;
  const after = encodeValue(encode, value);
  return before !== null && after !== null && !before.equals(after);
}

/** Null for bytes that are no value of the type: a comparison would refuse them, which is not what is tried. */
function encodeValue(encode: FieldEncoder, value: Buffer): Buffer | null {
  const sink = new ByteSink();
  try {
    encode(value, 0, value.length, sink);
    return sink.toBuffer();
  } catch {
    // Another bit is tried.
    return null;
  }
}
