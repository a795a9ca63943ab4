import type { LostConnection } from '../core/chunk.js';
import { type ErrorCode, RowproofError } from '../core/errors.js';
import { comparedColumns, qualifiedName, type Side, type TablePair } from '../core/pairing.js';
import type { Column } from '../core/schema.js';
import type { Engine } from '../engines/engine.js';
import type { FieldEncoder, RowCodec } from '../engines/row-codec.js';
import type { RowSelection } from '../engines/row-selection.js';
import { eachRow, type WireRow } from '../engines/row-span.js';
import { codecColumn, compileRuledCodec } from '../engines/ruled-codec.js';
import { selectRows } from '../engines/select-rows.js';
import type { Session } from '../engines/session.js';
import { RowReader } from '../hashing/row-reader.js';

/** One side of a table pair, ready to be read: its engine, its columns in reading order, all of its rows, and a compiled reader. */
export interface TableSide {
  readonly side: Side;
  readonly engine: Engine;
  readonly columns: readonly Column[];
  readonly selection: RowSelection;
  readonly reader: RowReader;
  /** What two values of a column are compared by; those of `reader` may be coarser, for hashing. */
  readonly valueEncoders: readonly FieldEncoder[];
}

/** Prepares one side of a table pair; asks the server for its character sets where columns need them. */
export async function prepareTableSide(
  pair: TablePair,
  side: Side,
  { engine, session }: { engine: Engine; session: Session },
): Promise<TableSide> {
  const compared = comparedColumns(pair);
  const columns = compared.map((column) => column[side]);
  const codec = await compileRuledCodec(
    session,
    compared.map((column) => codecColumn(column, side)),
  );
  return {
    side,
    engine,
    columns,
    valueEncoders: codec.valueEncoders,
    selection: selectRows(pair, side, compared),
    reader: new RowReader(
      codec,
      pair.key.map((column) => ({ column: column[side], keyKind: column.keyKind })),
    ),
  };
}

/** Whether equal bytes of both sides are equal values, so that rows can be hashed as they were sent. */
export function meanTheSame({ source, target }: Readonly<Record<Side, TableSide>>): boolean {
  return source.engine.family === target.engine.family && source.reader.meansTheSame(target.reader);
}

/** Streams rows and calls `onRow` for each with where it lies; `onRow` returns where it ends, or -1 to stop. */
export async function readEachRow(
  { session, selection, codec }: RowRead,
  onRow: (row: WireRow) => number,
): Promise<void> {
  await session.readRows(selection, (buffer, start, end, rows) =>
    eachRow(codec, { buffer, start, end, rows }, onRow),
  );
}

/** Which rows to read, where, and with what. */
export interface RowRead {
  readonly session: Session;
  readonly selection: RowSelection;
  readonly codec: RowCodec;
}

/** What went wrong while reading, and what the run must know of it. */
export interface ReadError {
  readonly error: RowproofError;
  readonly transient: boolean;
  readonly lost?: LostConnection;
}

/** Puts table and side into the message of whatever went wrong while reading. */
export function describeReadError(
  error: unknown,
  pair: TablePair,
  { side, engine }: { side: Side; engine: Engine },
): ReadError {
  const table = `${qualifiedName(pair[side])} on the ${side}`;
  if (error instanceof RowproofError) {
    const { code, hint, message } = error;
    const transient = code === 'connection-lost';
    return {
      error: new RowproofError({ code, message: `Cannot read ${table}: ${message}`, hint, cause: error }),
      transient,
      ...(transient && { lost: { side, isFull: false } }),
    };
  }
  const { code, transient, message, hint: known, isFull = false } = engine.classifyError(error);
  const isLost = transient && (code === 'connect' || code === 'connection-lost');
  const hint = known === '' ? hintFor({ code, transient, table: pair.source.name }) : known;
  const sentence = message.replace(/\.$/, '');
  return {
    error: new RowproofError({ code, message: `Cannot read ${table}: ${sentence}.`, hint, cause: error }),
    transient,
    ...(isLost && { lost: { side, isFull } }),
  };
}

/** What to do about an error of which the engine says no more than its code. */
function hintFor({ code, transient, table }: FailedRead): string {
  if (code === 'permission') return `Grant SELECT, or leave the table out with --exclude ${table}.`;
  if (code === 'timeout')
    return 'Raise statement-timeout in the URL, or read fewer rows at a time with --chunk-rows.';
  if (code === 'connect' || code === 'connection-lost')
    return 'Run again once the server can be reached and lets the account in.';
  return transient
    ? 'Run again.'
    : 'Run again; if that does not help, check the table on the server, and --where if it was given.';
}

interface FailedRead {
  readonly code: ErrorCode;
  readonly transient: boolean;
  readonly table: string;
}
