import type { Value } from '../core/difference.js';
import type { ColumnPair, Side } from '../core/pairing.js';
import type { FieldSpans } from '../engines/row-codec.js';
import type { RowSelection } from '../engines/row-selection.js';
import { eachRow } from '../engines/row-span.js';
import { codecColumn } from '../engines/ruled-codec.js';
import type { Session } from '../engines/session.js';

/** Wire bytes that one of these reads may take, as far as the catalog's estimate of a row goes. */
const MOST_BYTES = 4 << 20;
/** Rows that are read where nobody knows how large they are. */
const UNKNOWN_ROWS = 20;

/** A few rows of one side of a table pair: the columns in the order of the selection. */
export interface ValueRequest {
  readonly side: Side;
  readonly columns: readonly ColumnPair[];
  readonly selection: RowSelection;
}

/** Reads values as differences show them, one list a row. Only for a few rows: all are kept in memory. */
export async function readValues(
  session: Session,
  { side, columns, selection }: ValueRequest,
): Promise<Value[][]> {
  const codec = await session.ask(
    'codec',
    columns.map((column) => codecColumn(column, side)),
  );
  const spans: FieldSpans = { starts: new Int32Array(columns.length), ends: new Int32Array(columns.length) };
  const rows: Value[][] = [];
  await session.readRows(selection, (buffer, start, end, count) =>
    eachRow(codec, { buffer, start, end, rows: count }, (row) => {
      const next = codec.split(buffer, row.offset, row.end, spans);
      rows.push(
        codec.formatters.map((format, field) => {
          const from = spans.starts[field] as number;
          return from < 0 ? null : format(buffer, from, spans.ends[field] as number);
        }),
      );
      return next;
    }),
  );
  return rows;
}

/** How many of the wanted rows of a table may be read without reading many bytes. */
export function affordableRows(wanted: number, rowBytes: number | null): number {
  if (rowBytes === null || rowBytes === 0) return Math.min(wanted, UNKNOWN_ROWS);
  return Math.max(1, Math.min(wanted, Math.floor(MOST_BYTES / rowBytes)));
}
