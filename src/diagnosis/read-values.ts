import type { Value } from '../core/difference.js';
import type { ColumnPair, Side, TablePair } from '../core/pairing.js';
import type { Engine, FieldSpans, RowSelection, Session } from '../engines/engine.js';
import { eachRow } from '../engines/row-span.js';
import { codecColumn } from '../engines/ruled-codec.js';

/** Wire bytes that one of these reads may take, as far as the catalog's estimate of a row goes. */
const MOST_BYTES = 4 << 20;
/** Rows that are read where nobody knows how large they are. */
const UNKNOWN_ROWS = 20;

/** A side of the run and a session on it. */
export interface ReadableSide {
  readonly engine: Engine;
  readonly session: Session;
}

/** A few rows of one side of a table pair: the columns in the order of the statement. */
export interface ValueRequest {
  readonly side: Side;
  readonly columns: readonly ColumnPair[];
  readonly sql: string;
}

/** Reads values as differences show them, one list a row. Only for a few rows: all are kept in memory. */
export async function readValues(
  { engine, session }: ReadableSide,
  { side, columns, sql }: ValueRequest,
): Promise<Value[][]> {
  const own = columns.map((column) => column[side]);
  const codec = await engine.compileCodec(
    session,
    columns.map((column) => codecColumn(column, side)),
  );
  const spans: FieldSpans = { starts: new Int32Array(own.length), ends: new Int32Array(own.length) };
  const rows: Value[][] = [];
  await session.readRows(sql, own, (buffer, start, end, count) =>
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

/** The given columns of all rows of one side in key order, with the user's condition. */
export function selectAll(pair: TablePair, side: Side, columns: readonly ColumnPair[]): RowSelection {
  return {
    columns: columns.map((column) => column[side]),
    table: pair[side],
    key: pair.key.map((column) => column[side]),
    where: side === 'source' ? pair.sourceWhere : pair.targetWhere,
    range: { after: null, upTo: null },
    limit: null,
    offset: 0,
    descending: false,
  };
}

/** How many of the wanted rows of a table may be read without reading many bytes. */
export function affordableRows(wanted: number, rowBytes: number | null): number {
  if (rowBytes === null || rowBytes === 0) return Math.min(wanted, UNKNOWN_ROWS);
  return Math.max(1, Math.min(wanted, Math.floor(MOST_BYTES / rowBytes)));
}
