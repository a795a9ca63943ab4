import { hidesRows, type RunConfig } from '../config/run-config.js';
import { findGapsOf } from '../core/coverage.js';
import type { EmitEvent } from '../core/event.js';
import { hasLimits } from '../core/load-limits.js';
import type { Log } from '../core/log.js';
import { sumLongTables } from '../core/long-tables.js';
import type { Side } from '../core/pairing.js';
import { createRowHash } from '../hashing/row-hash.js';
import { planChecksums } from '../plan/checksum-plan.js';
import { countTables } from '../run/count-tables.js';
import type { LeaveRule } from '../run/leave-rule.js';
import { chooseChunkSizes } from '../run/pacing.js';
import { runTables } from '../run/run-tables.js';
import type { ServerWatch } from '../run/server-watch.js';
import type { Snapshots } from '../run/snapshots/snapshots.js';
import { SpareLanes } from '../run/spare-lanes.js';
import type { TableRun } from '../run/table-run.js';
import { type Canaries, tryCanaries } from '../run/try-canaries.js';
import type { WorkerSlots } from '../run/worker-slots.js';
import type { WorkerPool } from '../runners/pool.js';
import { describeSpans } from '../state/describe-span.js';
import type { OpenRanges } from '../state/open-ranges.js';
import type { Spool } from '../state/spool.js';
import type { TableState } from '../state/table-state.js';
import type { SharedLoad } from '../tasks/shared-load.js';
import type { ChosenWorkers } from './choose-workers.js';
import { compileScope } from './comparison-scope.js';
import type { RowTeller } from './disclose-rows.js';
import { estimateLeft, estimateRead, estimateRows } from './estimate-rows.js';
import { limitRuntime } from './limit-runtime.js';
import type { OpenSide } from './open-side.js';
import type { Replication } from './replication.js';
import type { RunLoad } from './run-load.js';
import type { RunningSitting } from './sitting.js';
import { watchLink } from './watch-link.js';

/** How long a server may take to cancel a statement before its connection is cut off. */
const LONGEST_CANCEL_MS = 1500;

/** The hooks with nothing left open. */
export interface RunWishes {
  readonly emit: EmitEvent;
  readonly signal: AbortSignal;
  readonly rowEvents: boolean;
  readonly keepsRows: boolean;
  readonly wantsRepair: boolean;
  readonly wantsServers: boolean;
  readonly wantsMarks: boolean;
  readonly lagWithinMs: number | null;
  readonly log: Log;
  /** Tells the user what must be read although the run goes on. */
  readonly warn: (sentence: string) => void;
  readonly sitting: RunningSitting;
  /** What stopped the run; null where it was not stopped by itself. */
  readonly stoppedBy: () => 'max-runtime' | null;
}

/** A run whose connections are open. */
export interface OpenRun {
  readonly config: RunConfig;
  readonly wishes: RunWishes;
  readonly sides: Record<Side, OpenSide>;
  /** Null where no row is read. */
  readonly pool: WorkerPool | null;
  readonly seed: bigint;
  /** What all threads know of how fast they may read. */
  readonly load: SharedLoad;
}

/** What reading the tables of a run needs. */
export interface Reading extends OpenRun {
  readonly tables: readonly TableState[];
  readonly spool: Spool;
  /** What may be told of rows. */
  readonly teller: RowTeller;
  /** How the run keeps to its limits. */
  readonly control: RunLoad;
  readonly replication: Replication;
  /** Whether the servers are there, and how many connections they have for workers. */
  readonly servers: ServerWatch;
  readonly slots: WorkerSlots;
  readonly chosen: ChosenWorkers;
  /** Null where every statement is read as of its own time. */
  readonly snapshots: Snapshots | null;
  /** When a table is left; null where each is read to its end. */
  readonly leaving: LeaveRule | null;
}

/**
 * Reads the tables, all of them or for as long as a rotation has: what that did not come to is no interruption. Returns what came of
 * canaries, where they were asked for.
 */
export async function readInTime(reading: Reading): Promise<Canaries> {
  const { wishes, tables } = reading;
  const { rotation } = wishes.sitting.sitting;
  if (rotation === null) return readTables(reading);
  const limit = limitRuntime(rotation.maxMs, wishes.signal);
  const { signal } = limit;
  try {
    const canaries = await readTables({
      ...reading,
      wishes: { ...wishes, signal, stoppedBy: limit.stoppedBy },
    });
    if (limit.stoppedBy() !== null) wishes.sitting.endTurn(tables);
    return canaries;
  } finally {
    limit.end();
  }
}

/** Reads or counts every table, as its mode says; an abort leaves the others unfinished, and says so of each. */
async function readTables(reading: Reading): Promise<Canaries> {
  const { wishes, tables, pool } = reading;
  const { sourceFrom } = reading.replication;
  await wishes.emit({
    type: 'run:start',
    tables: tables.length,
    estimatedRows: estimateRows(tables),
    ...(sourceFrom !== null && { sourcePosition: sourceFrom }),
  });
  const lag = await reading.replication.waitForLag();
  if (lag !== null) {
    for (const table of tables) table.addFinding({ ...lag, about: { table: table.name } });
    return new Map();
  }
  const counted = tables.filter((table) => table.mode === 'count');
  const read = tables.filter((table) => table.mode !== 'count');
  if (counted.length > 0) await countAll({ ...reading, tables: counted });
  const isReading = read.length > 0 && pool !== null && !wishes.signal.aborted;
  const canaries: Canaries = isReading ? await readPairs({ ...reading, tables: read }, pool) : new Map();
  const isTurn = wishes.sitting.ages !== null && wishes.stoppedBy() !== null;
  if (!wishes.signal.aborted || isTurn) return canaries;
  for (const table of tables)
    if (!table.isDone && !table.isLeft && table.planned.target !== null) {
      table.record({ kind: 'interrupted', by: wishes.stoppedBy() });
      noteWaiting(table, wishes.sitting.openOf(table));
    }
  return canaries;
}

/** What differed in an earlier sitting is no difference of this one, and no silence either. */
function noteWaiting(table: TableState, { again }: OpenRanges): void {
  const { pair } = table.planned;
  const waiting = findGapsOf(
    table.coverage,
    again.map(({ range }) => range),
  );
  if (pair === null || waiting.length === 0) return;
  const where = describeSpans(pair, waiting, table.showsKeys);
  table.addFinding({
    code: 'interrupted',
    about: { table: table.name, detail: `second look: ${where ?? 'all rows'}` },
    message: `Rows of ${table.name} differed in an earlier sitting and wait for a second look${where === null ? '' : `: ${where}`}.`,
    hint: 'Go on with rowproof resume.',
  });
}

async function countAll({
  config,
  wishes,
  sides,
  tables,
  control,
  replication,
  snapshots,
}: Reading): Promise<void> {
  const cutOff = (): void => {
    for (const side of [sides.source, sides.target]) void cutOffSession(side);
  };
  wishes.signal.addEventListener('abort', cutOff, { once: true });
  const scope = compileScope(config);
  const isFinished = (table: TableState): boolean => wishes.sitting.openOf(table).isFinished;
  const now = (): number => performance.now();
  const looks = replication.makeLooks(null);
  for (const table of tables) snapshots?.noteUnheld(table);
  try {
    await control.watchDuring(() => countTables({ ...wishes, tables, isFinished, sides, scope, now, looks }));
  } finally {
    wishes.signal.removeEventListener('abort', cutOff);
  }
}

/** Ends a session and what it is doing: a server does not notice by itself that nobody waits for a statement. */
async function cutOffSession({ engine, settings, session }: OpenSide): Promise<void> {
  const keys = session.cancelKey === null ? [] : [session.cancelKey];
  const cancelled = engine.can.cancel?.(settings, keys).catch(() => undefined);
  const tooLong = new Promise((resolve) => setTimeout(resolve, LONGEST_CANCEL_MS).unref());
  await Promise.race([cancelled, tooLong]);
  await session.close();
}

/** How many workers read, with a snapshot where that is wanted; none where the run was stopped before they had one. */
async function takeSnapshots(
  { wishes, tables, snapshots, chosen }: Reading,
  pool: WorkerPool,
): Promise<number> {
  if (snapshots === null) return chosen.workers;
  try {
    const workers = await snapshots.take({ pool, tables });
    chosen.lanes.narrow(workers);
    return workers;
  } catch (error) {
    // A stop cancels what is under way, in whichever words that is then told; a target that could not be started again has been.
    if (wishes.signal.aborted) return 0;
    throw error;
  }
}

async function readPairs(reading: Reading, pool: WorkerPool): Promise<Canaries> {
  const { config, wishes, sides, tables, spool, seed, control, teller, servers, slots } = reading;
  const { snapshots, replication, chosen, leaving } = reading;
  const pairs = tables.map((table) => table.planned.pair).filter((pair) => pair !== null);
  const connections = { source: sides.source.settings, target: sides.target.settings };
  const hidesWords = hidesRows(config);
  const estimatedRows = sumLongTables(pairs.map(estimateRead));
  const holdsSnapshots = snapshots !== null;
  pool.configure({ connections, pairs, hidesWords, holdsSnapshots, estimatedRows });
  let cancelled = Promise.resolve();
  const onAbort = (): void => {
    cancelled = pool.cancel();
  };
  wishes.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const workers = await takeSnapshots(reading, pool);
    if (workers === 0) return new Map();
    const hashable = {
      isLimited: hasLimits(config.limits),
      tables: tables.map(({ planned, mode }) => ({ pair: planned.pair, mode })),
      sides,
    };
    const run: TableRun = {
      tables,
      openOf: (table) => wishes.sitting.openOf(table),
      ages: wishes.sitting.ages,
      isPart: wishes.sitting.isPart,
      pool,
      spool,
      sides,
      spotHash: await createRowHash(seed),
      workers,
      lanes: chosen.lanes,
      spare: new SpareLanes(),
      // A limit is kept chunk by chunk, and a snapshot is one transaction anyway.
      mayGroup:
        !hasLimits(config.limits) &&
        snapshots === null &&
        config.chunkRows === null &&
        config.checksumOn === 'client',
      snapshots,
      ...chooseChunkSizes(config),
      checksums: await planChecksums({ ...hashable, place: config.checksumOn, seed }),
      emit: wishes.emit,
      looks: replication.makeLooks(snapshots),
      leaving,
      keepsKeys: wishes.sitting.sitting.journal !== null,
      keepsRows: wishes.keepsRows,
      tellRow: wishes.rowEvents ? ({ planned }, row) => teller.row(planned, row) : null,
      showsKeys: teller.showsKeys,
      signal: wishes.signal,
      now: () => performance.now(),
      random: Math.random,
      servers,
      slots,
    };
    chosen.lanes.expect(estimateLeft(run));
    return await control.watchDuring(async () => {
      await watchLink(run, hashable, () => runTables(run));
      return config.canary ? tryCanaries(run) : new Map();
    }, pool.sessionIds);
  } finally {
    await snapshots?.release();
    wishes.signal.removeEventListener('abort', onAbort);
    // A program that ends at once after an abort would otherwise leave its statements running on the servers.
    await cancelled;
  }
}
