import type { Side, TablePair } from '../core/pairing.js';
import type { SpanListener } from '../engines/session.js';
import { BucketReader } from '../hashing/bucket-reader.js';
import { prepareTableSide, type TableSide } from './table-side.js';
import type { ChunkChannel, WorkerContext } from './worker-context.js';

/** How many rows are read between two reports of progress, and for how long where their rate is limited. */
const ROWS_A_REPORT = 20_000;
const SECONDS_A_REPORT = 0.25;

/** One whole side of a table pair, read in one statement in the order the server likes best. */
export interface SideScan {
  readonly pair: TablePair;
  readonly side: Side;
  readonly asBag: boolean;
  readonly context: WorkerContext;
  /** Gets the reader for each row, which is then its current one. */
  onRow(reader: BucketReader): void;
  readonly channel: Pick<ChunkChannel, 'reportSessions' | 'reportRows'>;
}

/**
 * Reads every row of a side in one statement, which is one snapshot of the table, on a connection of its own: such a
 * statement lasts as long as the table is large, so only silence, or a limit that the user set, may end it.
 */
export async function scanSide(scan: SideScan): Promise<void> {
  const { pair, side, context } = scan;
  const { session, close } = await context.sessions.openStream(side);
  scan.channel.reportSessions({ [side]: session });
  try {
    const prepared = await prepareTableSide(pair, side, { engine: context.sessions.engine(side), session });
    const listener = createSpanListener(scan, prepared);
    await session.readRows({ ...prepared.selection, key: [] }, listener.listen);
    listener.finish();
  } finally {
    await close();
  }
}

function createSpanListener(
  scan: SideScan,
  prepared: TableSide,
): { readonly listen: SpanListener; finish(): void } {
  const { asBag, pair, side, context, channel } = scan;
  const { hasher, constantHash } = context;
  const kinds = asBag ? [] : pair.key.map((column) => column.keyKind);
  const reader = new BucketReader(prepared.reader, { kinds, hasher, constantHash });
  const onRow = (): void => scan.onRow(reader);
  const { maxRowsPerSecond } = context.sessions.load.cells.limits;
  const rowsAReport = Math.min(ROWS_A_REPORT, (maxRowsPerSecond ?? ROWS_A_REPORT) * SECONDS_A_REPORT);
  let unreported = 0;
  const report = (): void => {
    channel.reportRows(side, unreported);
    unreported = 0;
  };
  return {
    listen: (buffer, start, end, rows) => {
      reader.read({ buffer, start, end, rows }, onRow);
      unreported += rows;
      if (unreported >= rowsAReport) report();
      return true;
    },
    finish: report,
  };
}
