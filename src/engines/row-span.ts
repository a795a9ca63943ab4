import type { RowCodec } from './row-codec.js';

/** Whole rows in wire format, as an engine's session hands them over. */
export interface RowSpan {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
  readonly rows: number;
}

/** One row in a buffer; `end` is where the row or its span ends, as the codec needs it. */
export interface WireRow {
  buffer: Buffer;
  offset: number;
  end: number;
}

/** Calls `onRow` for each row of a span with where it lies; `onRow` returns where the row ends, or -1 to stop. */
export function eachRow(codec: RowCodec, span: RowSpan, onRow: (row: WireRow) => number): boolean {
  const { buffer, rows } = span;
  const row: WireRow = { buffer, offset: span.start, end: span.end };
  let at = span.start;
  for (let i = 0; i < rows; i++) {
    row.offset = at + codec.headerBytes;
    row.end = codec.rowEnd(buffer, row.offset, span.end);
    at = onRow(row);
    if (at < 0) return false;
  }
  return true;
}
