import type { Side, TablePair } from '../core/pairing.js';
import { BucketReader } from '../hashing/bucket-reader.js';
import { prepareTableSide, readEachRow, type TableSide } from './table-side.js';
import type { ChunkChannel, WorkerContext } from './verify-chunk.js';

/** How long a server may send nothing in the middle of a read before it counts as lost. */
const SILENCE_MS = 300_000;
/** How many rows are read between two reports of progress. */
const ROWS_A_REPORT = 20_000;

/** One whole side of a table pair, read in one statement in the order the server likes best. */
export interface SideScan {
  readonly pair: TablePair;
  readonly side: Side;
  readonly asBag: boolean;
  readonly context: WorkerContext;
  /** Gets each row: the reader holds its hash, and the row lies at `offset` up to `next`. */
  onRow(row: ScannedRow): void;
  readonly channel: Pick<ChunkChannel, 'reportSessions' | 'reportRows'>;
}

export interface ScannedRow {
  readonly reader: BucketReader;
  readonly buffer: Buffer;
  readonly offset: number;
  readonly next: number;
}

/**
 * Reads every row of a side in one statement, which is one snapshot of the table, on a connection of its own: such a
 * statement lasts as long as the table is large, so only a limit that the user set may end it.
 */
export async function scanSide(scan: SideScan): Promise<void> {
  const { pair, side, context } = scan;
  const { session, close } = await context.sessions.openStream(side);
  scan.channel.reportSessions({ [side]: session.serverSessionId });
  let lastSeenMs = performance.now();
  const watch = setInterval(() => {
    if (performance.now() - lastSeenMs > SILENCE_MS) void session.close();
  }, SILENCE_MS / 10);
  try {
    const prepared = await prepareTableSide(pair, side, { engine: context.sessions.engine(side), session });
    const onRow = createRowListener(scan, prepared, () => {
      lastSeenMs = performance.now();
    });
    const { columns, selection, engine } = prepared;
    const whole = { ...selection, key: [], range: { after: null, upTo: null }, limit: null };
    const { codec } = prepared.reader;
    await readEachRow({ session, columns, sql: engine.dialect.buildSelect(whole), codec }, onRow.listen);
    onRow.finish();
  } finally {
    clearInterval(watch);
    await close();
  }
}

function createRowListener(
  scan: SideScan,
  prepared: TableSide,
  onProgress: () => void,
): { listen(row: { buffer: Buffer; offset: number; end: number }): number; finish(): void } {
  const kinds = scan.asBag ? [] : scan.pair.key.map((column) => column.keyKind);
  const reader = new BucketReader(prepared.reader.codec, kinds, scan.context.bucketHashes);
  let unreported = 0;
  return {
    listen: (row) => {
      const next = reader.read(row);
      scan.onRow({ reader, buffer: row.buffer, offset: row.offset, next });
      if (++unreported === ROWS_A_REPORT) {
        scan.channel.reportRows(scan.side, unreported);
        unreported = 0;
        onProgress();
      }
      return next;
    },
    finish: () => scan.channel.reportRows(scan.side, unreported),
  };
}
